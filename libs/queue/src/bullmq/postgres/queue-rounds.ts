import { startTimer } from '../../timing/timer';
import type { RoundLook, WatchedQueue } from './queue-looks';

/** In milliseconds. */
export interface RoundTimes {
  readonly first: number;
  /** Between two of them. */
  readonly next: number;
}

/**
 * The first one does not slow the start. The next ones are as far apart as BullMQ's `stalledInterval`, and a little more,
 * so that no minute has three of them.
 */
const TIMES: RoundTimes = { first: 1_000, next: 31_000 };

/** What the worker of a queue is told. */
export interface RoundUser {
  readonly watched: WatchedQueue;
  /** Jobs run, so that some may have lost their worker. */
  readonly onActive: () => void;
}

export type RoundListener = (looks: readonly RoundLook[]) => void;

interface RoundSteps {
  readonly look: (queues: readonly WatchedQueue[]) => Promise<ReadonlyMap<string, RoundLook>>;
  readonly onLooks: (found: ReadonlyMap<string, RoundLook>) => void;
  readonly onFailed: () => void;
  /** Whether there is a round without a queue. */
  readonly isWanted: () => boolean;
  readonly times: RoundTimes | undefined;
}

/**
 * Looks at all queues of a process at an interval, for what is told by nothing: jobs that have lost their worker, a clock
 * that was set, a row that was changed by hand.
 */
export class QueueRounds {
  private readonly users = new Set<RoundUser>();
  private readonly listeners = new Set<RoundListener>();
  private readonly times: RoundTimes;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly steps: RoundSteps) {
    this.times = steps.times ?? TIMES;
  }

  add(user: RoundUser): () => void {
    this.users.add(user);
    this.begin();
    return () => this.users.delete(user);
  }

  begin(): void {
    if (!this.isStopped) this.timer ??= this.start(this.times.first);
  }

  /** Resolves when the round that is under way, if there is one, has ended. */
  settled(): Promise<void> {
    return this.running;
  }

  listen(listener: RoundListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private start(time: number): NodeJS.Timeout {
    return startTimer(time, () => {
      this.running = this.run().finally(() => {
        if (!this.isStopped) this.timer = this.start(this.times.next);
      });
    }).unref();
  }

  private async run(): Promise<void> {
    const users = [...this.users];
    if (users.length === 0 && !this.steps.isWanted()) return;
    try {
      const found = await this.steps.look(users.map(({ watched }) => watched));
      if (this.isStopped) return;
      this.steps.onLooks(found);
      for (const { watched, onActive } of users) {
        if (found.get(watched.queue)?.hasActive) onActive();
      }
      for (const listener of this.listeners) listener([...found.values()]);
    } catch {
      this.steps.onFailed();
    }
  }
}
