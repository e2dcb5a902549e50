import { QueueError } from '../errors/queue.error';
import { stackOfCause } from '../text/stack-of-cause';

const STILL_RUNS =
  ' It ignored its abort signal: its handler is still running, and its result will be discarded. ' +
  'Pass `signal` to whatever takes long, or have the handler killed: set ' +
  "`isolation: 'process'` in its @JobProcessor.";

/** An isolated handler. */
const KILLED = ' It ignored its abort signal as well, so its sandbox was killed.';

/**
 * An attempt took longer than the `timeout` of its contract; also the reason of its abort signal. It has failed
 * like any other: the job is retried while it has attempts left.
 *
 * To do: make the handler faster, raise the contract's `timeout`, or pass `signal` to whatever takes long.
 *
 * @group Failed attempts
 */
export class JobTimeoutError extends QueueError {
  readonly code = 'JOB_TIMEOUT';

  /** Whether the handler goes on, because it did not end at its signal and nothing could end it. */
  readonly stillRuns: boolean;

  constructor(
    /** The contract's name. */
    readonly job: string,
    readonly jobId: string,
    /** How long the attempt was given, in milliseconds. */
    readonly timeout: number,
    {
      stillRuns = false,
      wasKilled = false,
      ...options
    }: ErrorOptions & { stillRuns?: boolean; wasKilled?: boolean } = {},
  ) {
    const summary = `Job ${job} ${jobId} did not end within ${timeout} ms.`;
    super(summary + (stillRuns ? STILL_RUNS : wasKilled ? KILLED : ''), options);
    this.stillRuns = stillRuns;
    this.stack = stackOfCause(this);
  }
}
