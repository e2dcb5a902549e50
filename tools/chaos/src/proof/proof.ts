import { cancelBreaches, notToBeDone } from './cancel-breaches';
import type { CommittedRow, Ledger, Outcome } from './ledger';
import { limitBreaches } from './limit-breaches';

export type BreachKind =
  | 'a committed job was not done'
  | 'a rolled-back job ran'
  | 'an effect happened more than once'
  | 'a job failed permanently'
  | 'a confirmed commit is lost'
  | 'a rolled-back row exists'
  | 'a cancel was not what it said'
  | 'a limit was exceeded'
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
  /** Committed jobs that were cancelled in time, and parents that have failed with such a child. */
  cancelled: number;
  abandoned: number;
  /** Committed jobs that were lost, as the store may. */
  lost: number;
  /** Parents that were done, and jobs with a limit that have run. */
  flows: number;
  limited: number;
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
  const { cancels = [], cancelled = [], slots = [], slotLimit = 0 } = ledger;
  const asked = { cancels, cancelled, done: effects };
  const stopped = notToBeDone(asked);
  const abandoned = new Set(
    ledger.committed.flatMap(({ id, parent, isNeeded }) =>
      parent && isNeeded && stopped.has(id) && !effects.has(parent) ? [parent] : [],
    ),
  );
  const isStopped = ({ id, parent }: CommittedRow) =>
    stopped.has(id) ||
    abandoned.has(id) ||
    // What was cancelled in the outbox was cancelled with its children.
    (parent != null && stopped.has(parent) && !began.has(id));
  const began = new Set(ledger.runs.map(({ id }) => id));
  const open = ledger.committed.filter((row) => !effects.has(row.id));
  const notDone = open.filter((row) => !isStopped(row));
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
    done: ledger.committed.length - open.length,
    deduplicated: notDone.length - lost.length,
    cancelled: open.filter((row) => isStopped(row) && !abandoned.has(row.id)).length,
    abandoned: abandoned.size,
    lost: ledger.mayLose === true ? lost.length : 0,
    flows: new Set(
      ledger.committed.flatMap(({ parent }) => (parent && effects.has(parent) ? [parent] : [])),
    ).size,
    limited: new Set(slots.map(({ id }) => id)).size,
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
        ledger.dead
          .filter(({ id }) => !abandoned.has(id))
          .map(({ id, reason }) => `${id}: ${reason}`),
      ),
      ...(ledger.isReplicated === true
        ? []
        : [
            ...breaches('a cancel was not what it said', cancelBreaches(asked)),
            ...breaches(
              'a limit was exceeded',
              limitBreaches(slots, slotLimit, new Set(cancels.map(({ id }) => id))),
            ),
          ]),
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
