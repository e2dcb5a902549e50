import { QueueError } from '../errors/queue.error';
import { shownValue } from '../text/shown-value';

/** What is wrong with an option. */
export interface OptionProblem {
  /** Its path, such as `backoff.delay`. */
  readonly option: string;
  readonly value: unknown;
  /** What may be given in its place, to follow "Use". */
  readonly expected: string;
}

/**
 * An option of a contract, a processor, a queue or the module has a value that makes no sense, or that a store
 * cannot hold: NaN, Infinity, a negative duration, a count with a fraction.
 *
 * To do: use a value of the range in the message, or omit the option for its default.
 *
 * @group Contracts and processors
 */
export class InvalidOptionError extends QueueError {
  readonly code = 'INVALID_OPTION';
  override readonly userFacing = true;
  /** Its path, such as `limiter.duration`. */
  readonly option: string;
  readonly value: unknown;

  constructor(
    /** What has the option, such as `the contract "email"`. */
    readonly owner: string,
    { option, value, expected }: OptionProblem,
  ) {
    const instead = value === undefined ? expected : `${expected}, or omit it`;
    super(`The option "${option}" of ${owner} is ${shownValue(value)}. Use ${instead}.`);
    this.option = option;
    this.value = value;
  }
}

/**
 * A job was not added: one of its own options has a value that makes no sense, or that a store cannot hold.
 *
 * To do: pass a value as the message asks for.
 *
 * @group Adding jobs
 */
export class JobOptionError extends QueueError {
  readonly code = 'JOB_OPTION';
  /** Its path, such as `deduplication.ttl`; of one of several jobs `[2].delay`. */
  readonly option: string;
  readonly value: unknown;

  constructor(
    /** The contract's name. */
    readonly job: string,
    { option, value, expected }: OptionProblem,
    /** The id that was given to the job, if any. */
    readonly jobId?: string,
  ) {
    const which =
      jobId === undefined || option.endsWith('jobId') ? '' : ` with the id ${shownValue(jobId)}`;
    super(
      `No "${job}" job${which} was added: its option "${option}" is ${shownValue(value)}. Use ${expected}.`,
    );
    this.option = option;
    this.value = value;
  }
}
