import type { Job } from 'bullmq';
import { JobAbortedError } from '../../attempt/job-aborted.error';
import type { StoredChildren } from '../../attempt/job-family';
import { KILL_TIME, SHUTDOWN_BUDGET } from '../../options/shutdown-budget';
import type { Deadline } from '../../timing/deadline';
import { onAbort } from '../../timing/on-abort';
import { settleWithin } from '../../timing/settle-within';
import { answerCall } from './answer-call';
import type { Child, ChildEnd } from './child';
import { rebuildError, transferError } from '../wire/error-transfer';
import { describeEnd } from './describe-end';
import { SandboxCrashedError, SandboxKilledError, SandboxStartError } from './sandbox.errors';
import { startChild } from './start-child';
import type { IsolationOptions } from '../../options/isolation-options';
import { jobFields } from '../wire/job-fields';
import type { FromChild } from '../wire/sandbox-protocol';

/** In milliseconds: how long a job may continue after its abort signal before its child is killed. */
export const KILL_GRACE = 2_000;

/**
 * In milliseconds: how long a child may take to load its processor and create its context before it is
 * ended. Its job waits that long, independent of its own time limit.
 */
const START_LIMIT = 60_000;

/**
 * Like {@link KILL_GRACE}, for a stopping worker. Shorter than the worker's own wait, so that a job is not
 * requeued while it still runs.
 */
const STOP_GRACE = SHUTDOWN_BUDGET.abortGrace.time - KILL_TIME;

export interface SandboxOptions {
  /** The processor's name in the registry, which is the name of its job. */
  readonly processor: string;
  readonly isolation: IsolationOptions;
  /** The file that the child runs. */
  readonly entry: URL;
  /** How long a child may take to become ready, in milliseconds. @default 60,000 */
  readonly startLimit?: number;
}

interface Run {
  readonly number: number;
  readonly job: Job;
  readonly complete: (result: unknown) => void;
  readonly fail: (error: Error) => void;
}

/**
 * A child with one processor, from the worker's side.
 *
 *     starting ──▶ idle ◀──▶ running ──abort──▶ aborted ──grace──▶ killed
 *         └─ refused, crashed, closed: it has ended
 */
export class Sandbox {
  /** Rejects with a SandboxStartError if the child could not load its processor or create its context. */
  readonly ready: Promise<void>;
  /** Resolves when its child has ended. */
  readonly ended: Promise<ChildEnd>;
  private readonly child: Child;
  private markStarted!: (error?: Error) => void;
  private hasEnded = false;
  private endSignal: NodeJS.Signals | undefined;
  private current: Run | undefined;
  /** Kept because a finished handler may leave code running that still writes to its job's log. */
  private previous: Run | undefined;
  private runs = 0;
  /** The uncaught error of the child. */
  private uncaught: Error | undefined;
  /** The earlier job that had left the code running that threw it; undefined if none has. */
  private uncaughtOf: string | undefined;
  private killed: SandboxKilledError | undefined;
  private isKilled = false;

  constructor(private readonly options: SandboxOptions) {
    this.ready = new Promise((resolve, reject) => {
      this.markStarted = (error) => {
        if (error === undefined) resolve();
        else reject(error);
      };
    });
    const { processor, isolation, entry } = options;
    const onMessage = this.receive.bind(this);
    this.child = startChild({ ...isolation, entry, onMessage });
    this.child.send({ type: 'start', processor });
    const { startLimit: limit = START_LIMIT } = options;
    const late = setTimeout(() => {
      this.markStarted(new SandboxStartError(processor, startedTooLong(limit)));
      this.child.kill();
    }, limit);
    void this.ready
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(late);
      });
    this.ended = this.child.ended.then((end) => {
      this.onEnd(end);
      return end;
    });
  }

  get label(): string {
    return this.child.label;
  }

  /** Whether a request to stop has ended it, which is meant for its worker. */
  get wasInterrupted(): boolean {
    return this.endSignal === 'SIGINT' || this.endSignal === 'SIGTERM';
  }

  /** Whether its worker has killed it, or tried to. */
  get wasKilled(): boolean {
    return this.isKilled;
  }

  /** Whether it was given a job. */
  get hasRun(): boolean {
    return this.runs > 0;
  }

  get isAlive(): boolean {
    return !this.hasEnded;
  }

  /** Whether it can take a job: it has none, and is not ending. */
  get isFree(): boolean {
    const isEnding = this.hasEnded || this.killed !== undefined || this.uncaught !== undefined;
    return !isEnding && this.current === undefined;
  }

  /**
   * Runs one attempt of a job; one at a time.
   *
   * @throws the handler's error, as an instance of its class if that class decides about retries.
   * @throws SandboxCrashedError if the child ended before the job.
   * @throws SandboxKilledError if the job ignored its abort signal.
   */
  async run(
    job: Job,
    signal: AbortSignal | undefined,
    children: StoredChildren = {},
    trace?: string,
  ): Promise<unknown> {
    const number = ++this.runs;
    const running = new Promise((resolve, reject) => {
      this.current = { number, job, complete: resolve, fail: reject };
    });
    this.child.send({ type: 'run', run: number, job: jobFields(job), children, trace });
    let timer: NodeJS.Timeout | undefined;
    const release = onAbort(signal, (reason) => {
      this.child.send({ type: 'abort', run: number, reason: transferError(reason) });
      const grace = reason instanceof JobAbortedError ? STOP_GRACE : KILL_GRACE;
      timer = setTimeout(() => {
        this.killFor(job, grace);
      }, grace);
    });
    try {
      return await running;
    } finally {
      release();
      clearTimeout(timer);
      this.previous = this.current;
      this.current = undefined;
    }
  }

  /**
   * Closes the child's context and ends the child. Kills it just before the deadline if it runs a job or
   * does not end in time.
   */
  async close(deadline: Deadline): Promise<{ wasKilled: boolean }> {
    const isBusy = this.current !== undefined;
    if (!isBusy) {
      this.child.send({ type: 'close' });
      const grace = Math.max(0, deadline.remaining - KILL_TIME);
      if (await settleWithin(grace, this.ended)) return { wasKilled: false };
    }
    this.kill();
    // A thread stuck in native code cannot be terminated, and must not keep its worker from stopping.
    await settleWithin(KILL_TIME, this.ended);
    return { wasKilled: true };
  }

  private receive(message: FromChild): void {
    switch (message.type) {
      case 'ready':
        this.markStarted();
        break;
      case 'refused':
        this.markStarted(
          new SandboxStartError(this.options.processor, rebuildError(message.error)),
        );
        break;
      case 'uncaught':
        this.uncaught = rebuildError(message.error);
        this.uncaughtOf = message.leftBy;
        break;
      case 'call':
        void answerCall(this.jobOf(message.run), message).then((answer) => {
          this.child.send(answer);
        });
        break;
      case 'completed':
        if (message.run === this.current?.number) this.current.complete(message.result);
        break;
      case 'failed':
        if (message.run === this.current?.number) this.current.fail(rebuildError(message.error));
        break;
    }
  }

  private jobOf(run: number): Job | undefined {
    return [this.current, this.previous].find((known) => known?.number === run)?.job;
  }

  private killFor({ id = '' }: Job, grace: number): void {
    const { processor, isolation } = this.options;
    this.killed = new SandboxKilledError(processor, id, isolation.kind, grace);
    this.kill();
  }

  private kill(): void {
    this.isKilled = true;
    this.child.kill();
  }

  private onEnd(end: ChildEnd): void {
    this.hasEnded = true;
    this.endSignal = end.signal;
    const { processor, isolation } = this.options;
    const description = describeEnd(end, isolation, this.uncaught, this.uncaughtOf);
    const cause = this.uncaught ?? end.error;
    const reason = new Error(`it ended: ${description}`, { cause });
    this.markStarted(new SandboxStartError(processor, reason));
    if (this.current === undefined) return;
    const { job, fail } = this.current;
    const crashed = { job: processor, jobId: job.id ?? '', kind: isolation.kind };
    fail(this.killed ?? new SandboxCrashedError(crashed, end, description, { cause }));
  }
}

function startedTooLong(limit: number): Error {
  return new Error(
    `it was not ready after ${limit} ms. Something in its module waits while it is created: ` +
      'a constructor, an async provider or onModuleInit().',
  );
}
