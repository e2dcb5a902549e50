import { QueueError } from '../errors/queue.error';

/**
 * A worker was told to run processors that it does not have.
 *
 * To do: correct the names, or leave the selection unset to run all processors.
 *
 * @group Starting a process
 */
export class UnknownProcessorError extends QueueError {
  readonly code = 'UNKNOWN_PROCESSOR';
  override readonly userFacing = true;

  constructor(
    readonly unknown: readonly string[],
    readonly known: readonly string[],
    /** What the person has set, such as a variable's name. */
    selectedBy = 'the selection',
  ) {
    const names = unknown.map((name) => `"${name}"`).join(', ');
    const choice = known.length === 0 ? 'It has none.' : `It has: ${[...known].sort().join(', ')}.`;
    super(
      `This worker has no processor named ${names}. ${choice} ` +
        `Correct ${selectedBy}, or leave it unset to run all of them.`,
    );
  }
}

/**
 * The file that the registry names for a job exports no processor.
 *
 * To do: export a class from it that is decorated with `@JobProcessor` and extends `JobHost`, or delete the file
 * and run `nx sync`.
 *
 * @group Contracts and processors
 */
export class ProcessorMissingError extends QueueError {
  readonly code = 'PROCESSOR_MISSING';
  override readonly userFacing = true;

  constructor(
    /** The entry in the registry. */
    readonly entry: string,
  ) {
    super(
      `The file registered as "${entry}" exports no processor. Export a class from it that is ` +
        `decorated with @JobProcessor and extends JobHost, or delete the file and run "nx sync".`,
    );
  }
}

/**
 * Two processors handle the same job: each would get a part of the queue, by chance.
 *
 * To do: keep one of them, or give the other a contract of its own; then run `nx sync`.
 *
 * @group Contracts and processors
 */
export class DuplicateProcessorError extends QueueError {
  readonly code = 'DUPLICATE_PROCESSOR';
  override readonly userFacing = true;

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
  }
}

/**
 * A processor is registered under another name than the job that it processes.
 *
 * To do: rename its file after its job (`email.processor.ts`), or give it the contract of that name; then run
 * `nx sync`.
 *
 * @group Contracts and processors
 */
export class ProcessorNameMismatchError extends QueueError {
  readonly code = 'PROCESSOR_NAME_MISMATCH';
  override readonly userFacing = true;

  constructor(
    /** The entry in the registry, which is the file's name. */
    readonly entry: string,
    readonly processor: string,
    /** The name in the processor's contract. */
    readonly job: string,
  ) {
    super(
      `${processor} is registered as "${entry}", but it processes "${job}" jobs. Rename its file to ` +
        `"${job}.processor.ts", or give it the contract named "${entry}"; then run "nx sync".`,
    );
  }
}
