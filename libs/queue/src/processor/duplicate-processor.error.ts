/** Two processors claim the same job: each would get a part of the queue, by chance. */
export class DuplicateProcessorError extends Error {
  readonly userFacing = true;

  constructor(
    readonly job: string,
    readonly first: string,
    readonly second: string,
  ) {
    const classes = first === second ? `Two classes named ${first}` : `${first} and ${second}`;
    super(
      `${classes} both process "${job}" jobs in this worker. Keep one of them, or give the other a ` +
        'contract of its own; then run "nx sync".',
    );
    this.name = new.target.name;
  }
}
