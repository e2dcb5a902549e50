/** Lets a worker fetch jobs: not before its process has all that it needs, and not once it ends. */
export class FetchGate {
  private readonly fetching = new Set<Promise<unknown>>();
  private isHalted = false;
  /** Resolves when the worker may fetch; undefined if it may. */
  private held: Promise<void> | undefined;
  private letGo = (): void => undefined;

  /** Keeps the worker from fetching until {@link release}. */
  hold(): void {
    this.held = new Promise((resolve) => {
      this.letGo = resolve;
    });
  }

  release(): void {
    this.held = undefined;
    this.letGo();
  }

  /** Lets no fetch begin any more. @returns a promise that resolves when those that have begun have ended */
  async halt(): Promise<void> {
    this.isHalted = true;
    this.release();
    await Promise.allSettled(this.fetching);
  }

  /**
   * Fetches when the gate is open.
   *
   * @param isPaused asked after a wait: the worker may have been paused meanwhile
   * @returns undefined if nothing may be fetched, or there is nothing
   */
  async fetch<Job>(isPaused: () => boolean, fetch: () => Promise<Job>): Promise<Job | undefined> {
    if (this.held !== undefined) {
      await this.held;
      if (isPaused()) return undefined;
    }
    if (this.isHalted) return undefined;
    const fetching = fetch();
    this.fetching.add(fetching);
    try {
      return await fetching;
    } finally {
      this.fetching.delete(fetching);
    }
  }
}
