/**
 * A command (`enqueue`, `dead`) cannot do what it was asked: its options contradict one another, or name no
 * dead job.
 *
 * To do: correct the options that the message names.
 */
export class CommandError extends Error {
  readonly userFacing = true;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
