/** A key was sent before, on the same route, with another request. */
export class KeyReusedError extends Error {
  constructor(
    readonly route: string,
    readonly key: string,
  ) {
    super(
      `The idempotency key "${key}" was used for a different request to ${route}. ` +
        'Send a new request under a new key.',
    );
    this.name = new.target.name;
  }
}
