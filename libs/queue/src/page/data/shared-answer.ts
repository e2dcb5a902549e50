interface Asked<Answer> {
  readonly at: number;
  readonly answer: Promise<Answer>;
  isOpen: boolean;
}

/**
 * One question for all that ask it at about the same time. However many pages are open, the store is asked once in
 * `maxAge`, and never twice at the same time. Failures are not kept.
 */
export class SharedAnswer<Answer> {
  private asked: Asked<Answer> | undefined;

  /** @param maxAge in milliseconds, from the time at which it was asked */
  constructor(
    private readonly ask: () => Promise<Answer>,
    private readonly maxAge: number,
    private readonly now: () => number = Date.now,
  ) {}

  get(): Promise<Answer> {
    const known = this.asked;
    if (known !== undefined && (known.isOpen || this.now() - known.at < this.maxAge)) {
      return known.answer;
    }
    const asked: Asked<Answer> = { at: this.now(), answer: this.ask(), isOpen: true };
    this.asked = asked;
    asked.answer.then(
      () => {
        asked.isOpen = false;
      },
      () => {
        if (this.asked === asked) this.asked = undefined;
      },
    );
    return asked.answer;
  }

  /** Something was changed: the next request gets a new answer. */
  forget(): void {
    this.asked = undefined;
  }
}

/** The most questions that are remembered. */
const QUESTIONS = 50;

/** The same for questions of a kind, by what is asked. */
export class SharedAnswers<Answer> {
  private readonly answers = new Map<string, SharedAnswer<Answer>>();

  constructor(private readonly maxAge: number) {}

  get(question: string, ask: () => Promise<Answer>): Promise<Answer> {
    const answer = this.answers.get(question) ?? new SharedAnswer(ask, this.maxAge);
    // The one that was asked longest ago is the first.
    this.answers.delete(question);
    this.answers.set(question, answer);
    for (const key of this.answers.keys()) {
      if (this.answers.size <= QUESTIONS) break;
      this.answers.delete(key);
    }
    return answer.get();
  }

  forget(): void {
    this.answers.clear();
  }
}
