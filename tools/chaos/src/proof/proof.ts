/** What a producer knows about one of its transactions. */
export type Outcome =
  /** The server confirmed the commit. */
  | 'committed'
  /** Rolled back, or its commit was never sent. */
  | 'rolled back'
  /** The producer was killed, or lost its connection during the commit. The ledger decides. */
  | 'unknown';

/** A row that a producer wrote in the same transaction as a job. */
export interface CommittedRow {
  /** The id of the job. */
  id: string;
  /** The job's deduplication key: at most one job with it is in the queue. Null if the job itself must be done. */
  key: string | null;
  /** The id of the job that took the place of this one, if the producer was told. */
  sameAs: string | null;
}

/** The evidence. Jobs are identified by the ids that their producers chose. */
export interface Ledger {
  /** What producers tried, and the outcome as far as they know. */
  tried: readonly { id: string; outcome: Outcome }[];
  committed: readonly CommittedRow[];
  /** How often each job was started. */
  runs: readonly { id: string; times: number }[];
  /** How often the effect of each job is in the ledger. */
  effects: readonly { id: string; times: number }[];
  /** Jobs in the queue that failed permanently. */
  dead: readonly { id: string; reason: string }[];
  /** Runs of the schedule, in the order of their times: what they are for, and when their jobs were added. */
  ticks?: readonly { at: number; added: number }[];
  /** How far the times of the schedule are apart, in milliseconds. */
  tickPeriod?: number;
  /** Whether the store may lose jobs that it has confirmed. */
  mayLose?: boolean;
  /** Whether the store is replicated, so that a failover may undo what it has confirmed to a worker. */
  isReplicated?: boolean;
  /** Remaining connections, locks, rows and processes; each a sentence. */
  leftovers: readonly string[];
}

export type BreachKind =
  | 'a committed job was not done'
  | 'a rolled-back job ran'
  | 'an effect happened more than once'
  | 'a job failed permanently'
  | 'a confirmed commit is lost'
  | 'a rolled-back row exists'
  | 'a scheduled run is missing'
  | 'a scheduled run was added twice'
  | 'something was left behind';

export interface Breach {
  kind: BreachKind;
  /** The id of the job, or what was left behind. */
  what: string;
}

export interface Verdict {
  tried: number;
  committed: number;
  rolledBack: number;
  /** Jobs whose outcome no producer knows, and how many of them are committed. */
  unknown: { total: number; committed: number };
  /** Committed jobs whose effect is in the ledger. */
  done: number;
  /** Committed jobs that were not added, because another job with their key was; that one was done. */
  deduplicated: number;
  /** Committed jobs that were lost, as the store may. */
  lost: number;
  /** How many jobs were started once, twice, and so on. */
  jobsByRuns: ReadonlyMap<number, number>;
  /** How many times of the schedule have had their run. */
  ticks: number;
  breaches: readonly Breach[];
}

/** Decides from the evidence whether every promise was kept. */
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
  const ran = [...ledger.runs, ...ledger.effects, ...ledger.dead].map(({ id }) => id);
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
    deduplicated: notDone.length - lost.length,
    lost: ledger.mayLose === true ? lost.length : 0,
    jobsByRuns: new Map([...jobsByRuns].sort(([a], [b]) => a - b)),
    ticks: new Set(ledger.ticks?.map(({ at }) => at)).size,
    breaches: [
      ...tickBreaches(ledger),
      ...breaches(
        'a committed job was not done',
        (ledger.mayLose === true ? [] : lost).map(({ id, sameAs }) =>
          sameAs === null ? id : `${id}, replaced by ${sameAs}`,
        ),
      ),
      ...breaches('a rolled-back job ran', new Set(ran.filter((id) => !rows.has(id)))),
      ...breaches(
        'an effect happened more than once',
        ledger.effects.filter(({ times }) => times > 1).map(({ id }) => id),
      ),
      ...breaches(
        'a job failed permanently',
        ledger.dead.map(({ id, reason }) => `${id}: ${reason}`),
      ),
      ...breaches(
        'a confirmed commit is lost',
        certain('committed').flatMap(({ id }) => (rows.has(id) ? [] : id)),
      ),
      ...breaches(
        'a rolled-back row exists',
        certain('rolled back').flatMap(({ id }) => (rows.has(id) ? id : [])),
      ),
      ...breaches('something was left behind', ledger.leftovers),
    ],
  };
}

/** A replicated store may forget that a time had its run, so that it has another one. */
function tickBreaches({ ticks = [], tickPeriod = 0, isReplicated = false }: Ledger): Breach[] {
  if (isReplicated) return [];
  const times = ticks.map(({ at }) => at);
  const missing = times.flatMap((at, index) => {
    const before = times[index - 1] ?? at;
    return at - before > tickPeriod ? [`between ${nameOf(before)} and ${nameOf(at)}`] : [];
  });
  const twice = times.filter((at, index) => at === times[index - 1]);
  return [
    ...breaches('a scheduled run is missing', missing),
    ...breaches('a scheduled run was added twice', twice.map(nameOf)),
  ];
}

function nameOf(time: number): string {
  return new Date(time).toISOString();
}

function breaches(kind: BreachKind, found: Iterable<string>): Breach[] {
  return Array.from(found, (what) => ({ kind, what }));
}
