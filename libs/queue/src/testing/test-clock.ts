import { useTimers } from '../timing/timer';

const RealDate = Date;

interface PendingTimer {
  /** In milliseconds since 1970, by this clock. */
  readonly dueAt: number;
  readonly ring: () => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The clock of the tests of one process: it goes like the real one, and jumps when it is told to.
 *
 *     real time   ├──┤        ├──┤
 *     this clock  ├──┤ 1 hour ├──┤ …
 *
 * The runtime's own timers (time limits of attempts, schedules) go by it. `Date` does so while {@link rule} runs.
 */
class TestClock {
  private offset = 0;
  private users = 0;
  private readonly pending = new Set<PendingTimer>();

  now(): number {
    return RealDate.now() + this.offset;
  }

  /** Takes over the timers of the runtime; the last user that has gone gives them back. */
  use(): void {
    this.users += 1;
    if (this.users === 1) useTimers(this.startTimer);
  }

  release(): void {
    this.users -= 1;
    if (this.users > 0) return;
    useTimers();
    this.pending.clear();
    this.offset = 0;
  }

  /** Jumps to a time, unless it has passed, and rings what is due by then. */
  jumpTo(time: number): void {
    this.offset += Math.max(0, time - this.now());
    const due = this.live().filter(({ dueAt }) => dueAt <= this.now());
    for (const each of due.sort((a, b) => a.dueAt - b.dueAt)) {
      clearTimeout(each.timer);
      this.pending.delete(each);
      each.ring();
    }
  }

  /** When the next timer of the runtime is due, in milliseconds since 1970. */
  get nextTimer(): number | undefined {
    const next = Math.min(...this.live().map(({ dueAt }) => dueAt));
    return next === Infinity ? undefined : next;
  }

  /** Runs a function while `Date` has the time of this clock. */
  async rule<Result>(run: () => Promise<Result>): Promise<Result> {
    const before = globalThis.Date;
    globalThis.Date = this.dates();
    try {
      return await run();
    } finally {
      globalThis.Date = before;
    }
  }

  private readonly startTimer = (time: number, ring: () => void): NodeJS.Timeout => {
    const timer = setTimeout(() => {
      this.pending.delete(entry);
      ring();
    }, time);
    const entry: PendingTimer = { dueAt: this.now() + time, ring, timer };
    this.pending.add(entry);
    return timer;
  };

  /** Without those that were cleared, which Node tells by a property without documentation. */
  private live(): PendingTimer[] {
    for (const each of this.pending) {
      if (Reflect.get(each.timer, '_destroyed') === true) this.pending.delete(each);
    }
    return [...this.pending];
  }

  private dates(): DateConstructor {
    const now = () => this.now();
    return new Proxy(RealDate, {
      construct: (target, args: unknown[], newTarget) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
      apply: () => new RealDate(now()).toString(),
      get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
    });
  }
}

/** One for all modules of a test file: `Date` is one, too. */
export const testClock = new TestClock();
