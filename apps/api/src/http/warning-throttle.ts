/** In milliseconds: how long the same warning is held back. */
const QUIET = 10_000;

/** Lets the first of equal warnings pass, and counts those that follow shortly after: an outage has one for each request. */
export class WarningThrottle {
  private readonly passed = new Map<string, { at: number; heldBack: number }>();

  /** @returns how many were held back since this one last passed; undefined if it is held back, too */
  pass(warning: string, now = performance.now()): number | undefined {
    const last = this.passed.get(warning);
    if (last !== undefined && now - last.at < QUIET) {
      last.heldBack += 1;
      return undefined;
    }
    for (const [key, { at }] of this.passed) if (now - at >= QUIET) this.passed.delete(key);
    this.passed.set(warning, { at: now, heldBack: 0 });
    return last?.heldBack ?? 0;
  }
}
