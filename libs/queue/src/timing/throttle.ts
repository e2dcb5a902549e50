/** What was held back of one key. */
export interface HeldBack {
  readonly count: number;
  /** The largest size among them; 0 if none has one. */
  readonly largest: number;
}

/** Lets the first of a kind pass, and no other of it for a while: for log lines that repeat. */
export class Throttle {
  private readonly passed = new Map<string, { at: number; count: number; largest: number }>();

  /** @param quiet in milliseconds: how long no other of the same key passes */
  constructor(private readonly quiet: number) {}

  /**
   * @param size of this one, such as a duration; the largest of those held back is kept
   * @returns what was held back since the last one of this key passed; undefined if this one is held back
   */
  pass(key: string, size = 0): HeldBack | undefined {
    const now = performance.now();
    const last = this.passed.get(key);
    if (last !== undefined && now - last.at < this.quiet) {
      last.count += 1;
      last.largest = Math.max(last.largest, size);
      return undefined;
    }
    this.forget(now);
    this.passed.set(key, { at: now, count: 0, largest: 0 });
    return { count: last?.count ?? 0, largest: last?.largest ?? 0 };
  }

  /** Keys may be endless: those that would pass again are not kept. */
  private forget(now: number): void {
    for (const [key, { at }] of this.passed) {
      if (now - at >= this.quiet) this.passed.delete(key);
    }
  }
}
