/** A queue URL names a kind of store that cannot hold queues, or is no URL. */
export class UnsupportedStoreError extends Error {
  readonly userFacing = true;

  constructor(
    /** What the URL starts with; the rest may hold a password. */
    readonly scheme: string | undefined,
    supported: readonly string[],
  ) {
    const list = supported.map((name) => `${name}//…`).join(' or ');
    super(
      scheme === undefined
        ? `The queue store's URL is no URL. Give one like ${list}.`
        : `Queues cannot be kept at a "${scheme}" URL. Supported: ${list}.`,
    );
    this.name = new.target.name;
  }
}
