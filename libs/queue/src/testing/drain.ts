import { keyOf, type MemoryJob } from '../memory/memory-job';
import type { MemoryQueueStore } from '../memory/memory-queue-store';
import { parseState } from '../schedules/schedule-state';
import { STATE_FIELD } from '../schedules/state-store';
import { DrainStuckError } from './drain.errors';
import { testClock } from './test-clock';

/** In milliseconds of real time. */
const PATIENCE = 4_000;

/** How many turns of the event loop nothing moves in before there is nothing to wait for. */
const QUIET_TURNS = 3;

export interface DrainLimits {
  /** In milliseconds since 1970; undefined: when no job is left. */
  readonly end: number | undefined;
  readonly hangsAfter: number | undefined;
  readonly patience: number | undefined;
}

/**
 * Lets the workers of a test run:
 *
 *     settle ──▶ handlers run ──────▶ wait until one ends ─────────────────────┐
 *       ▲   ├──▶ none runs ─────────▶ jump to the next job, or the next run     │
 *       │   └──▶ nothing is due ────▶ done                     │               │
 *       └──────────────────────────────────────────────────────┴───────────────┘
 */
export class Drain {
  private moves = 0;
  /** In milliseconds of real time. */
  private lastMove = performance.now();

  constructor(
    private readonly store: MemoryQueueStore,
    private readonly limits: DrainLimits,
  ) {}

  /** @throws DrainStuckError */
  async run(): Promise<void> {
    const { queues } = this.store;
    this.moves = queues.moves;
    queues.isOpen = true;
    queues.moved.ring();
    try {
      await testClock.rule(() => this.loop());
    } finally {
      queues.isOpen = false;
    }
  }

  private async loop(): Promise<void> {
    const { end = Infinity } = this.limits;
    for (;;) {
      await this.settle();
      const running = this.running();
      if (running.length > 0) {
        await this.waitForMove(running);
        continue;
      }
      const due = [...this.store.workers].filter((worker) => worker.hasNext);
      if (due.length > 0) {
        if (this.isPatienceOver()) {
          throw DrainStuckError.notFetched(due.map(({ qualifiedName }) => qualifiedName));
        }
        this.store.queues.moved.ring();
        continue;
      }
      const next = this.nextTime();
      if (next === undefined || next > end) break;
      this.jumpTo(next);
    }
    if (end !== Infinity) this.jumpTo(end);
    await this.settle();
    this.requireProcessors();
  }

  private async settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
      await turn();
      const { moves } = this.store.queues;
      if (moves === this.moves) continue;
      this.moves = moves;
      this.lastMove = performance.now();
      quiet = -1;
    }
  }

  private running(): MemoryJob[] {
    return this.store.queues.all().flatMap((queue) => queue.active);
  }

  private async waitForMove(running: readonly MemoryJob[]): Promise<void> {
    const { hangsAfter = Infinity, patience = PATIENCE } = this.limits;
    const hasMoved = await within(Math.min(hangsAfter, patience), this.store.queues.moved.next());
    if (hasMoved) return;
    if (this.isPatienceOver()) throw DrainStuckError.hanging(running.map(nameOf), patience);
    const next = hangsAfter === Infinity ? undefined : testClock.nextTimer;
    if (next !== undefined) this.jumpTo(next);
  }

  private isPatienceOver(): boolean {
    return performance.now() - this.lastMove >= (this.limits.patience ?? PATIENCE) - 1;
  }

  private jumpTo(time: number): void {
    testClock.jumpTo(time);
    this.store.queues.moved.ring();
  }

  /** When the next job is due, in milliseconds since 1970; also of a schedule, if the end is given. */
  private nextTime(): number | undefined {
    const now = testClock.now();
    const jobs = [...this.store.workers].map(({ nextDue }) => nextDue);
    const runs = this.limits.end === undefined ? [] : this.nextRuns();
    const times = [...jobs, ...runs].filter((time) => time !== undefined && time > now);
    return times.length === 0 ? undefined : Math.min(...(times as number[]));
  }

  private nextRuns(): number[] {
    return this.store.queues.all().flatMap(({ meta }) => {
      const { schedules = {} } = parseState(meta.get(STATE_FIELD)) ?? {};
      return Object.values(schedules).flatMap(({ next }) => next ?? []);
    });
  }

  /** A parent whose children nothing runs would never end. */
  private requireProcessors(): void {
    if (this.store.workers.size === 0) throw DrainStuckError.withoutWorkers();
    const served = new Set([...this.store.workers].map(({ qualifiedName }) => qualifiedName));
    const parents = this.store.queues
      .all()
      .filter(({ name }) => served.has(name))
      .flatMap((queue) => queue.inState('waiting-children'));
    const missing = parents.flatMap(({ children }) =>
      [...children].flatMap(([key, { kind }]) => {
        const queue = key.slice(0, key.indexOf(':'));
        return kind === 'open' && !served.has(queue) ? [queue] : [];
      }),
    );
    if (missing.length === 0) return;
    throw DrainStuckError.withoutProcessor(parents.map(nameOf), [...new Set(missing)]);
  }
}

function nameOf(job: MemoryJob): string {
  return keyOf(job).replace(':', ' ');
}

const nextTurn = setImmediate;

function turn(): Promise<void> {
  return new Promise((resolve) => {
    nextTurn(resolve);
  });
}

const startRealTimer = setTimeout;

/** By the real clock. @returns whether it was fulfilled in time */
async function within(time: number, promise: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<false>((resolve) => {
    if (time !== Infinity) {
      timer = startRealTimer(() => {
        resolve(false);
      }, time);
    }
  });
  try {
    return await Promise.race([promise.then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}
