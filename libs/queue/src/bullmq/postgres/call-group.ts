/** In milliseconds: a group that takes longer keeps the next one waiting no more. Its connection may be dead. */
const PATIENCE = 1_000;

export interface CallGroupOptions<Call> {
  /** The most calls of a group. */
  readonly maxCalls: number;
  /** The most characters of a group; one call may be larger. */
  readonly maxSize: number;
  readonly sizeOf: (call: Call) => number;
}

/** What became of one call. */
interface Waiting<Call, Answer> {
  readonly call: Call;
  readonly size: number;
  readonly resolve: (answer: Answer | PromiseLike<Answer>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends the calls that are made at the same time together:
 *
 *     call ──▶ nothing is under way: sent with the other calls of this tick
 *          └─▶ a group is under way: waits for its answer, and is sent with all that wait
 *
 * No timer is involved: a lone call is as fast as without a group, and a group is as large as the load makes it.
 */
export class CallGroup<Call, Answer> {
  private readonly waiting: Waiting<Call, Answer>[] = [];
  private isBusy = false;

  /** @param send sends one group. @returns what became of each call, in the order of the calls */
  constructor(
    private readonly send: (
      calls: readonly Call[],
    ) => Promise<readonly (Answer | PromiseLike<Answer>)[]>,
    private readonly options: CallGroupOptions<Call>,
  ) {}

  /** @throws the error of the whole group, or of this call */
  join(call: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ call, size: this.options.sizeOf(call), resolve, reject });
      if (this.isBusy) return;
      this.isBusy = true;
      // After the promises of this tick, and before any input or output.
      process.nextTick(this.next);
    });
  }

  private readonly next = (): void => {
    const group = this.take();
    this.isBusy = group.length > 0;
    if (this.isBusy) void this.run(group);
  };

  private take(): Waiting<Call, Answer>[] {
    const { maxCalls, maxSize } = this.options;
    let size = 0;
    const end = this.waiting.findIndex((each, index) => {
      size += each.size;
      return index > 0 && (index === maxCalls || size > maxSize);
    });
    return this.waiting.splice(0, end === -1 ? this.waiting.length : end);
  }

  private async run(group: readonly Waiting<Call, Answer>[]): Promise<void> {
    const turn = { isOver: false };
    const goOn = () => {
      if (!turn.isOver) this.next();
      turn.isOver = true;
    };
    const timer = setTimeout(goOn, PATIENCE).unref();
    try {
      const answers = await this.send(group.map(({ call }) => call));
      for (const [index, { resolve }] of group.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      clearTimeout(timer);
      // The callers that go on at once call again before the next group is sent.
      process.nextTick(goOn);
    }
  }
}
