/**
 * A stack for an error created where the stack is meaningless, such as in a timer: only its cause may show
 * the place.
 */
export function stackOfCause({ name, message, cause }: Error): string {
  const said = `${name}: ${message}`;
  return cause instanceof Error ? `${said}\nCaused by ${cause.stack ?? cause.message}` : said;
}
