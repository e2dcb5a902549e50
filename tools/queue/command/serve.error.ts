/** An application that cannot be served. The message is written for the person who runs it. */
export class ServeError extends Error {
  override readonly name = 'ServeError';
}
