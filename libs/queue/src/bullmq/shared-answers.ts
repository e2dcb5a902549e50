/** What was found about some queues, and which of them the caller is to ask about now. */
export interface Claim {
  /** The last answer about each queue, however old. */
  readonly answers: ReadonlyMap<string, string>;
  readonly claimed: readonly string[];
}

/**
 * Answers about queues that all processes share through the store, so that one of them asks for all. An answer that is
 * too old is given once more while one process asks again; if that one ends, the next asks after the same time.
 */
export interface SharedAnswers {
  /** @param maxAge in milliseconds: how old an answer may be before one caller claims its queue */
  claim(queues: readonly string[], maxAge: number): Promise<Claim>;
  store(answers: ReadonlyMap<string, string>): Promise<void>;
}
