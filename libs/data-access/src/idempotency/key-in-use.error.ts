/** The first request with a key has not been answered yet. */
export class KeyInUseError extends Error {
  constructor(
    readonly route: string,
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super(
      `The first request to ${route} with the idempotency key "${key}" is still in progress.`,
      options,
    );
    this.name = new.target.name;
  }
}
