/** A cancel that a producer has asked for. */
export interface Cancel {
  readonly id: string;
  /** Null if the producer was killed, or got no answer. */
  readonly answer: string | null;
  /** Whether the job began for the first time after the answer. */
  readonly ranAfter: boolean;
}

export interface CancelLedger {
  readonly cancels: readonly Cancel[];
  /** Jobs that are cancelled in the queue. */
  readonly cancelled: readonly string[];
  /** Jobs whose effect is in the ledger. */
  readonly done: ReadonlySet<string>;
}

/** Jobs that are not to be done: a cancel said so, or may have. */
export function notToBeDone({ cancels, cancelled }: CancelLedger): ReadonlySet<string> {
  const asked = cancels.filter(({ answer }) => answer === null || answer === 'cancelled');
  return new Set([...cancelled, ...asked.map(({ id }) => id)]);
}

/** What a cancel answered, and was not so; each a sentence. */
export function cancelBreaches({ cancels, cancelled, done }: CancelLedger): string[] {
  const asked = new Set(cancels.map(({ id }) => id));
  const inQueue = new Set(cancelled);
  return [
    ...cancelled.filter((id) => !asked.has(id)).map((id) => `${id}, which no one has cancelled`),
    ...cancels.flatMap(({ id, answer, ranAfter }) => {
      if (answer === 'cancelled' && ranAfter) return [`${id} ran after it was cancelled`];
      if (answer === 'completed' && !done.has(id)) return [`${id} had completed, and is not done`];
      const isOther = answer !== null && answer !== 'cancelled';
      return isOther && inQueue.has(id) ? [`${id} was ${answer}, and is cancelled`] : [];
    }),
  ];
}
