import { stackOfCause } from '../text/stack-of-cause';

const STILL_RUNS =
  ' It does not end at its abort signal: its handler still runs, and what it does no longer counts. ' +
  "Give `signal` on to whatever takes long, or end the handler by force: with `isolation: 'process'` " +
  'in its @JobProcessor it is killed.';

/** An isolated handler. */
const KILLED = ' It did not end at its abort signal either, so what it ran in was killed.';

/**
 * An attempt has taken longer than its contract's `timeout`. Also the reason of its abort signal.
 *
 * It has failed like any other: the job is tried again while it has attempts left.
 */
export class JobTimeoutError extends Error {
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
    const said = `Job ${job} ${jobId} did not end within ${timeout} ms.`;
    super(said + (stillRuns ? STILL_RUNS : wasKilled ? KILLED : ''), options);
    this.stillRuns = stillRuns;
    this.name = new.target.name;
    this.stack = stackOfCause(this);
  }
}
