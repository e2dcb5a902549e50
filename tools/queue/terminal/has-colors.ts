/** Whether to write colors. Nx, which passes on the output of its tasks, sets FORCE_COLOR. */
export function hasColors(): boolean {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  return !NO_COLOR && (process.stderr.isTTY || (FORCE_COLOR !== undefined && FORCE_COLOR !== '0'));
}
