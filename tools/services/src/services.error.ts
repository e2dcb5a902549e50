/**
 * Something a person can mend: the message says what happened, where, and the way out, and is
 * printed without a stack trace.
 */
export class ServicesError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
