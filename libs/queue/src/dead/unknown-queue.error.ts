/** A queue is named that this application has no contract of. */
export class UnknownQueueError extends Error {
  readonly userFacing = true;

  constructor(
    readonly queue: string,
    readonly known: readonly string[],
  ) {
    super(`There is no queue "${queue}". There are: ${known.join(', ')}.`);
    this.name = new.target.name;
  }
}
