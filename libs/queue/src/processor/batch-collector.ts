import { outsideAttempts } from '../attempt/attempt-scope';
import { onAbort } from '../timing/on-abort';

/** Times in milliseconds. */
export interface BatchLimits {
  /** The most jobs of a batch. */
  readonly size: number;
  /** How long the first job of a batch waits for more. */
  readonly wait: number;
  /** The most batches that run at the same time. */
  readonly concurrency: number;
}

/** A batch that runs. */
export interface RunningBatch<Member, Outcome> {
  /** @throws what the batch as a whole has thrown */
  outcomeOf(member: Member): Promise<Outcome>;
  /** What becomes of this member does not matter any more. */
  leave(member: Member): void;
}

interface Waiting<Member, Outcome> {
  readonly member: Member;
  readonly since: number;
  readonly begin: (batch: RunningBatch<Member, Outcome>) => void;
}

/**
 * Makes batches of what comes one by one:
 *
 *     waiting ──enough, or the first has waited long enough, and a place is free──▶ running ──▶ ended
 *        └──abort──▶ left
 *
 * A place is free again when the batch has ended, or when none of its members waits for it any more.
 */
export class BatchCollector<Member, Outcome> {
  private readonly waiting: Waiting<Member, Outcome>[] = [];
  private running = 0;
  private timer: NodeJS.Timeout | undefined;
  private isFlushed = false;

  constructor(
    private readonly limits: BatchLimits,
    /** Returns as many outcomes as it gets members, in their order. */
    private readonly run: (members: readonly Member[]) => Promise<readonly Outcome[]>,
  ) {}

  /**
   * Resolves when the batch of this member begins.
   *
   * @throws the reason of the abort if the signal is aborted before
   */
  join(member: Member, signal: AbortSignal): Promise<RunningBatch<Member, Outcome>> {
    return new Promise((resolve, reject) => {
      const entry: Waiting<Member, Outcome> = {
        member,
        since: performance.now(),
        begin: (batch) => {
          ignore();
          resolve(batch);
        },
      };
      this.waiting.push(entry);
      const ignore = onAbort(signal, (reason) => {
        const index = this.waiting.indexOf(entry);
        if (index >= 0) this.waiting.splice(index, 1);
        // By convention an error.
        const error = reason as Error;
        reject(error);
      });
      this.startBatches();
    });
  }

  /** From now on, a batch begins with what there is: no more is to be expected. */
  flush(): void {
    this.isFlushed = true;
    this.startBatches();
  }

  private startBatches(): void {
    clearTimeout(this.timer);
    const { size, wait, concurrency } = this.limits;
    while (this.running < concurrency) {
      const [first] = this.waiting;
      if (first === undefined) return;
      const rest = this.isFlushed ? 0 : first.since + wait - performance.now();
      if (this.waiting.length < size && rest > 0) {
        this.timer = setTimeout(() => {
          this.startBatches();
        }, Math.ceil(rest));
        return;
      }
      this.start(this.waiting.splice(0, size));
    }
  }

  private start(entries: readonly Waiting<Member, Outcome>[]): void {
    this.running += 1;
    const present = new Set(entries.map(({ member }) => member));
    const members = [...present];
    let hasPlace = true;
    const free = () => {
      if (!hasPlace) return;
      hasPlace = false;
      this.running -= 1;
      this.startBatches();
    };
    // It belongs to none of the attempts: what it throws later is not the fault of the first of them.
    const ending = outsideAttempts(() => Promise.resolve().then(() => this.run(members)));
    // Every member that is still there gets the error.
    ending.then(free, free);
    const batch: RunningBatch<Member, Outcome> = {
      outcomeOf: async (member) => (await ending)[members.indexOf(member)] as Outcome,
      leave: (member) => {
        present.delete(member);
        if (present.size === 0) free();
      },
    };
    for (const { begin } of entries) begin(batch);
  }
}
