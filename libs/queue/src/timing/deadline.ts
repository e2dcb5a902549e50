/** A moment until which something may take, handed down to each of its steps. */
export class Deadline {
  private constructor(private readonly at: number) {}

  /** @param time in milliseconds from now */
  static after(time: number): Deadline {
    return new Deadline(performance.now() + time);
  }

  /** In milliseconds; 0 once it has passed. */
  get remaining(): number {
    return Math.max(0, this.at - performance.now());
  }
}

/** A time that several steps share, one after the other. What passes between two of them does not count. */
export class Allowance {
  /** @param left in milliseconds */
  constructor(private left: number) {}

  /** Runs one step, which may take all that is left. A step that takes longer leaves nothing. */
  async spend<Result>(step: (deadline: Deadline) => Promise<Result>): Promise<Result> {
    const deadline = Deadline.after(this.left);
    try {
      return await step(deadline);
    } finally {
      this.left = deadline.remaining;
    }
  }
}
