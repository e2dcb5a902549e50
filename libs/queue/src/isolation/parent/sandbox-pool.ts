import type { AnyObserver, SandboxLost } from '../../observe/queue-observer';
import type { Deadline } from '../../timing/deadline';
import { unlessAborted } from '../../timing/on-abort';
import type { SandboxStartError } from './sandbox.errors';
import { Sandbox, type SandboxOptions } from './sandbox';
import { StartPause } from './start-pause';

/** What a pool reports. */
export type SandboxObserver = Pick<AnyObserver, 'sandboxReady' | 'sandboxLost' | 'sandboxRefused'>;

/**
 * The children of one isolated processor: started when a job needs one, used again for the next job,
 * replaced after a crash. There are never more than jobs that ran at the same time.
 */
export class SandboxPool {
  /** Is told what becomes of the children. */
  observer: SandboxObserver | undefined;
  private readonly all = new Set<Sandbox>();
  private readonly idle: Sandbox[] = [];
  /** Those whose job has not waited for them. */
  private readonly unclaimed = new Set<Promise<Sandbox>>();
  private readonly pause = new StartPause();
  private lastRefusal = '';
  private isClosing = false;

  constructor(private readonly options: SandboxOptions) {}

  /**
   * Has a child to itself for as long as `work` takes.
   *
   * @param signal ends the wait for a child that is not ready yet
   * @throws SandboxStartError if there is no child that can work.
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

  /** Waits for a child that starts, which goes on if the job does not. */
  private async claim(signal: AbortSignal | undefined): Promise<Sandbox> {
    const [unclaimed] = this.unclaimed;
    const starting = unclaimed ?? this.pause.whenAllowed(() => this.start());
    this.unclaimed.delete(starting);
    return unlessAborted(signal, starting, (reason) => {
      this.unclaimed.add(starting);
      starting.then(
        (sandbox) => {
          if (this.unclaimed.delete(starting)) this.release(sandbox);
        },
        () => this.unclaimed.delete(starting),
      );
      // Both are errors by agreement only.
      return (this.pause.lastError ?? reason) as Error;
    });
  }

  private takeIdle(): Sandbox | undefined {
    for (let sandbox = this.idle.pop(); sandbox !== undefined; sandbox = this.idle.pop()) {
      // One that is about to end is forgotten when it has.
      if (sandbox.isFree) return sandbox;
    }
    return undefined;
  }

  /** One whose job goes on, although nobody waits for it any more, is given no other. */
  private release(sandbox: Sandbox): void {
    if (sandbox.isFree) this.idle.push(sandbox);
  }

  private async start(): Promise<Sandbox> {
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
      // It rejects with nothing else.
      this.report(error as SandboxStartError);
      throw error;
    }
    this.lastRefusal = '';
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
    if (at === -1 || this.isClosing) return;
    this.idle.splice(at, 1);
    this.reportLost(sandbox, 'ended while idle');
  }

  private reportLost({ label: sandbox }: Sandbox, reason: SandboxLost['reason']): void {
    this.observer?.sandboxLost({ processor: this.options.processor, sandbox, reason });
  }

  /** What stays the same is said once; each job that it fails has it too. */
  private report(error: SandboxStartError): void {
    if (error.message === this.lastRefusal || this.isClosing) return;
    this.lastRefusal = error.message;
    this.observer?.sandboxRefused({ processor: this.options.processor, error });
  }
}
