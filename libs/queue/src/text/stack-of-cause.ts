/**
 * A stack for an error that this library makes at a moment that says nothing, such as the end of a
 * timer: where it happened is in its cause, if anywhere.
 */
export function stackOfCause({ name, message, cause }: Error): string {
  const said = `${name}: ${message}`;
  return cause instanceof Error ? `${said}\nCaused by ${cause.stack ?? cause.message}` : said;
}
