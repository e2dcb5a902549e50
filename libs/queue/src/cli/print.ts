/** Prints what a command has found or done: as JSON if `--json` was passed, otherwise as text. */
export function print(json: boolean, value: unknown, text: string): void {
  console.log(json ? JSON.stringify(value, undefined, 2) : text);
}
