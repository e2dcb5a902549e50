/** What a producer knows of one of its transactions. */
export type Outcome =
  /** The server has confirmed the commit. */
  | 'committed'
  /** It was rolled back, or its commit was never sent. */
  | 'rolled back'
  /** The producer was killed, or lost its connection while it committed: the ledger tells. */
  | 'unknown';

/** A row that a producer wrote in the transaction that added a job. */
export interface CommittedRow {
  /** The job's. */
  id: string;
  /** Of the jobs that have the same, one at a time is enough; null if it must be done itself. */
  key: string | null;
  /** The job that was there already, so that this one was not added, if its producer was told. */
  sameAs: string | null;
}

/** Everything that the proof looks at. A job is named by the id that its producer gave it. */
export interface Ledger {
  /** What producers have tried, and what became of it as far as they know. */
  tried: readonly { id: string; outcome: Outcome }[];
  committed: readonly CommittedRow[];
  /** How often each job was begun. */
  runs: readonly { id: string; times: number }[];
  /** How often each job's effect is in the ledger. */
  effects: readonly { id: string; times: number }[];
  /** Jobs that the queue holds as failed for good. */
  dead: readonly { id: string; reason: string }[];
  /** What should be gone and is not: connections, locks, rows, processes; each a sentence. */
  leftovers: readonly string[];
}

export type BreachKind =
  | 'a committed job was not done'
  | 'a rolled-back job was seen'
  | 'an effect happened more than once'
  | 'a job failed for good'
  | 'a confirmed commit is gone'
  | 'a rolled-back row is there'
  | 'something was left behind';

export interface Breach {
  kind: BreachKind;
  /** The job's id, or what was left behind. */
  what: string;
}

export interface Verdict {
  tried: number;
  committed: number;
  rolledBack: number;
  /** Transactions whose end no producer saw, and how many of them turned out to be committed. */
  unknown: { total: number; committed: number };
  /** Committed jobs whose effect is there. */
  done: number;
  /** Committed jobs that were not added, because another with their key was there, which was done. */
  same: number;
  /** How many jobs were begun once, twice, and so on. */
  jobsByRuns: ReadonlyMap<number, number>;
  breaches: readonly Breach[];
}

/** Decides from the ledger whether every promise was kept. */
export function prove(ledger: Ledger): Verdict {
  const rows = new Set(ledger.committed.map(({ id }) => id));
  const effects = new Set(ledger.effects.map(({ id }) => id));
  const notDone = ledger.committed.filter(({ id }) => !effects.has(id));
  const keysDone = new Set(
    ledger.committed.flatMap(({ id, key }) => (key !== null && effects.has(id) ? [key] : [])),
  );
  const lost = notDone.filter(({ key, sameAs }) =>
    sameAs !== null ? !effects.has(sameAs) : key === null || !keysDone.has(key),
  );
  const seen = [...ledger.runs, ...ledger.effects, ...ledger.dead].map(({ id }) => id);
  const certain = (outcome: Outcome) => ledger.tried.filter((one) => one.outcome === outcome);
  const unknown = certain('unknown');

  const jobsByRuns = new Map<number, number>();
  for (const { times } of ledger.runs) jobsByRuns.set(times, (jobsByRuns.get(times) ?? 0) + 1);

  return {
    tried: ledger.tried.length,
    committed: rows.size,
    rolledBack: ledger.tried.filter(({ id }) => !rows.has(id)).length,
    unknown: {
      total: unknown.length,
      committed: unknown.filter(({ id }) => rows.has(id)).length,
    },
    done: ledger.committed.length - notDone.length,
    same: notDone.length - lost.length,
    jobsByRuns: new Map([...jobsByRuns].sort(([a], [b]) => a - b)),
    breaches: [
      ...breaches(
        'a committed job was not done',
        lost.map(({ id, sameAs }) => (sameAs === null ? id : `${id}, kept back by ${sameAs}`)),
      ),
      ...breaches('a rolled-back job was seen', new Set(seen.filter((id) => !rows.has(id)))),
      ...breaches(
        'an effect happened more than once',
        ledger.effects.filter(({ times }) => times > 1).map(({ id }) => id),
      ),
      ...breaches(
        'a job failed for good',
        ledger.dead.map(({ id, reason }) => `${id}: ${reason}`),
      ),
      ...breaches(
        'a confirmed commit is gone',
        certain('committed').flatMap(({ id }) => (rows.has(id) ? [] : id)),
      ),
      ...breaches(
        'a rolled-back row is there',
        certain('rolled back').flatMap(({ id }) => (rows.has(id) ? id : [])),
      ),
      ...breaches('something was left behind', ledger.leftovers),
    ],
  };
}

function breaches(kind: BreachKind, found: Iterable<string>): Breach[] {
  return Array.from(found, (what) => ({ kind, what }));
}
