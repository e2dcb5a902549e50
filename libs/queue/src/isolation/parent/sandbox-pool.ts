import type { AnyObserver, SandboxLost } from '../../observe/queue-observer';
import type { Deadline } from '../../timing/deadline';
import { unlessAborted } from '../../timing/on-abort';
import type { SandboxStartError } from './sandbox.errors';
import { Sandbox, type SandboxOptions } from './sandbox';
import { StartPause } from './start-pause';

/** The events of a pool. */
export type SandboxObserver = Pick<
  AnyObserver,
  'sandboxReady' | 'sandboxLost' | 'sandboxEnded' | 'sandboxRefused'
>;

/**
 * The children of one isolated processor: started on demand, reused for the next job, replaced after a
 * crash. There are never more children than jobs that ran at the same time, or than are kept warm.
 */
export class SandboxPool {
  /** Receives the events of the children. */
  observer: SandboxObserver | undefined;
  private readonly all = new Set<Sandbox>();
  private readonly idle: Sandbox[] = [];
  /** Sandboxes still starting that no job waits for: it gave up waiting, or they are to be warm. */
  private readonly unclaimed = new Set<Promise<Sandbox>>();
  private readonly pause = new StartPause();
  private lastRefusal = '';
  private isClosing = false;

  constructor(private readonly options: SandboxOptions) {}

  /** Starts the children that are kept warm. One that cannot be started is tried again when a job needs it. */
  warmUp(): void {
    const { warm = 0 } = this.options.isolation;
    for (let missing = warm - this.all.size; missing > 0 && !this.isClosing; missing -= 1) {
      this.leave(this.pause.whenAllowed(() => this.start()));
    }
  }

  /**
   * Reserves a child for the duration of `work`.
   *
   * @param signal ends the wait for a child that is not ready yet
   * @throws SandboxStartError if no child could be started.
   */
  async use<Result>(
    signal: AbortSignal | undefined,
    work: (sandbox: Sandbox) => Promise<Result>,
  ): Promise<Result> {
    const sandbox = this.takeIdle() ?? (await this.claim(signal));
    try {
      return await work(sandbox);
    } finally {
      this.release(sandbox);
    }
  }

  /** Ends all of them by the deadline. */
  async close(deadline: Deadline): Promise<void> {
    this.isClosing = true;
    await Promise.all(
      [...this.all].map(async (sandbox) => {
        const { wasKilled } = await sandbox.close(deadline);
        if (wasKilled) this.reportLost(sandbox, 'killed on close');
      }),
    );
  }

  /** Waits for a starting child. The start continues if the job gives up. */
  private async claim(signal: AbortSignal | undefined): Promise<Sandbox> {
    const [unclaimed] = this.unclaimed;
    const starting = unclaimed ?? this.pause.whenAllowed(() => this.start());
    this.unclaimed.delete(starting);
    return unlessAborted(signal, starting, (reason) => {
      this.leave(starting);
      // The types allow any value; both are errors by convention.
      return (this.pause.lastError ?? reason) as Error;
    });
  }

  /** Lets a start go on for a later job. */
  private leave(starting: Promise<Sandbox>): void {
    this.unclaimed.add(starting);
    starting.then(
      (sandbox) => {
        if (this.unclaimed.delete(starting)) this.release(sandbox);
      },
      () => this.unclaimed.delete(starting),
    );
  }

  private takeIdle(): Sandbox | undefined {
    for (let sandbox = this.idle.pop(); sandbox !== undefined; sandbox = this.idle.pop()) {
      // A child that is ending is removed once it has ended.
      if (sandbox.isFree) return sandbox;
    }
    return undefined;
  }

  /** A child whose abandoned job still runs gets no other job. */
  private release(sandbox: Sandbox): void {
    if (sandbox.isFree) this.idle.push(sandbox);
  }

  private async start(isSecondTry = false): Promise<Sandbox> {
    const start = performance.now();
    if (this.isClosing) throw new Error('The worker stops.');
    const sandbox = new Sandbox(this.options);
    this.all.add(sandbox);
    void sandbox.ended.then(() => {
      this.forget(sandbox);
    });
    try {
      await sandbox.ready;
    } catch (error) {
      // Between its fork and its own process group, a child still gets what the terminal sends to its worker.
      if (sandbox.wasInterrupted && !isSecondTry) return this.start(true);
      // It rejects with nothing else.
      this.report(error as SandboxStartError);
      throw error;
    }
    this.lastRefusal = '';
    void sandbox.ended.then(() => {
      this.reportEnd(sandbox);
    });
    this.observer?.sandboxReady({
      processor: this.options.processor,
      sandbox: sandbox.label,
      duration: performance.now() - start,
    });
    return sandbox;
  }

  private forget(sandbox: Sandbox): void {
    this.all.delete(sandbox);
    const at = this.idle.indexOf(sandbox);
    if (this.isClosing) return;
    if (at === -1) {
      // Not after one that has ended without a job: it would end again.
      if (sandbox.hasRun) this.warmUp();
      return;
    }
    this.idle.splice(at, 1);
    this.reportLost(sandbox, 'ended while idle');
  }

  private reportLost({ label: sandbox }: Sandbox, reason: SandboxLost['reason']): void {
    this.observer?.sandboxLost({ processor: this.options.processor, sandbox, reason });
  }

  private reportEnd(sandbox: Sandbox): void {
    const { processor } = this.options;
    const unasked = this.isClosing ? 'closed' : 'crashed';
    const reason = sandbox.wasKilled ? 'killed' : unasked;
    this.observer?.sandboxEnded({ processor, sandbox: sandbox.label, reason });
  }

  /** Repeated errors are reported once; each failed job stores its error too. */
  private report(error: SandboxStartError): void {
    if (error.message === this.lastRefusal || this.isClosing) return;
    this.lastRefusal = error.message;
    this.observer?.sandboxRefused({ processor: this.options.processor, error });
  }
}
