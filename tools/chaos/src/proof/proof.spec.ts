import type { CommittedRow, Ledger } from './ledger';
import { prove } from './proof';

/** Two jobs that were committed and done, two that were not committed. */
const KEPT: Ledger = {
  tried: [
    { id: 'a', outcome: 'committed' },
    { id: 'b', outcome: 'unknown' },
    { id: 'c', outcome: 'rolled back' },
    { id: 'd', outcome: 'unknown' },
  ],
  committed: ['a', 'b'].map((id) => ({ id, key: null, sameAs: null })),
  runs: [
    { id: 'a', times: 1 },
    { id: 'b', times: 3 },
  ],
  effects: [
    { id: 'a', times: 1 },
    { id: 'b', times: 1 },
  ],
  ticks: [
    { at: 1_000, added: 1_003 },
    { at: 2_000, added: 2_001 },
  ],
  tickPeriod: 1_000,
  dead: [],
  leftovers: [],
};

const breachesOf = (changes: Partial<Ledger>) => prove({ ...KEPT, ...changes }).breaches;

describe(prove.name, () => {
  it('finds no breach if every promise was kept, and counts', () => {
    expect(prove(KEPT)).toEqual({
      tried: 4,
      committed: 2,
      rolledBack: 2,
      unknown: { total: 2, committed: 1 },
      done: 2,
      deduplicated: 0,
      cancelled: 0,
      abandoned: 0,
      lost: 0,
      flows: 0,
      limited: 0,
      ticks: 2,
      jobsByRuns: new Map([
        [1, 1],
        [3, 1],
      ]),
      breaches: [],
    });
  });

  it('finds a committed job that was not done', () => {
    expect(breachesOf({ effects: [{ id: 'a', times: 1 }] })).toEqual([
      { kind: 'a committed job was not done', what: 'b' },
    ]);
  });

  it('finds a scheduled run that is missing, and one that was added twice', () => {
    const ticks = [1_000, 3_000, 3_000].map((at, added) => ({ at, added }));
    const second = (count: number) => new Date(count * 1_000).toISOString();
    expect(breachesOf({ ticks })).toEqual([
      { kind: 'a scheduled run is missing', what: `between ${second(1)} and ${second(3)}` },
      { kind: 'a scheduled run was added twice', what: second(3) },
    ]);
    expect(breachesOf({ ticks, isReplicated: true })).toEqual([]);
  });

  it('counts it, if the store may lose jobs', () => {
    const effects = [{ id: 'a', times: 1 }];
    expect(prove({ ...KEPT, effects, mayLose: true })).toMatchObject({ lost: 1, breaches: [] });
  });

  it('accepts a job that was deduplicated, if the other job was done', () => {
    const a = { id: 'a', key: 'k', sameAs: null };
    const effects = [{ id: 'a', times: 1 }];
    const proved = (b: CommittedRow) => prove({ ...KEPT, committed: [a, b], effects });
    for (const sameAs of ['a', null]) {
      const { breaches, done, deduplicated } = proved({ id: 'b', key: 'k', sameAs });
      expect({ breaches, done, deduplicated }).toEqual({ breaches: [], done: 1, deduplicated: 1 });
    }
    expect(proved({ id: 'b', key: 'k', sameAs: 'c' }).breaches).toEqual([
      { kind: 'a committed job was not done', what: 'b, replaced by c' },
    ]);
    expect(proved({ id: 'b', key: 'other', sameAs: null }).breaches).toEqual([
      { kind: 'a committed job was not done', what: 'b' },
    ]);
  });

  it('finds a job that ran although its transaction was rolled back', () => {
    expect(breachesOf({ runs: [...KEPT.runs, { id: 'c', times: 1 }] })).toEqual([
      { kind: 'a rolled-back job ran', what: 'c' },
    ]);
  });

  it('finds a job that ran without a row, although no producer knows its outcome', () => {
    expect(breachesOf({ runs: [...KEPT.runs, { id: 'd', times: 1 }] })).toEqual([
      { kind: 'a rolled-back job ran', what: 'd' },
    ]);
  });

  it('finds an effect that happened twice', () => {
    const effects = [
      { id: 'a', times: 2 },
      { id: 'b', times: 1 },
    ];
    expect(breachesOf({ effects })).toEqual([
      { kind: 'an effect happened more than once', what: 'a' },
    ]);
  });

  it('finds a job that failed permanently, with the reason', () => {
    expect(breachesOf({ dead: [{ id: 'a', reason: 'stalled' }] })).toEqual([
      { kind: 'a job failed permanently', what: 'a: stalled' },
    ]);
  });

  it('finds a confirmed commit that is lost', () => {
    expect(breachesOf({ tried: [...KEPT.tried, { id: 'e', outcome: 'committed' }] })).toEqual([
      { kind: 'a confirmed commit is lost', what: 'e' },
    ]);
  });

  it('finds a row that exists although it was rolled back', () => {
    expect(breachesOf({ tried: [{ id: 'a', outcome: 'rolled back' }] })).toEqual([
      { kind: 'a rolled-back row exists', what: 'a' },
    ]);
  });

  it('accepts that a cancelled job was not done, and that a parent has failed with it', () => {
    const row = { key: null, sameAs: null };
    const committed = [
      { id: 'a', ...row },
      { id: 'p', ...row },
      { id: 'p.needed.0', ...row, parent: 'p', isNeeded: true },
      { id: 'p.needed.1', ...row, parent: 'p', isNeeded: true },
    ];
    const ledger = {
      ...KEPT,
      tried: committed.map(({ id }) => ({ id, outcome: 'committed' as const })),
      committed,
      runs: [{ id: 'a', times: 1 }],
      effects: ['a', 'p.needed.1'].map((id) => ({ id, times: 1 })),
      cancels: [{ id: 'p.needed.0', answer: 'cancelled', ranAfter: false }],
      cancelled: ['p.needed.0'],
      dead: [{ id: 'p', reason: 'its child was cancelled' }],
    };
    const { breaches, done, cancelled, abandoned } = prove(ledger);
    expect({ breaches, done, cancelled, abandoned }).toEqual({
      breaches: [],
      done: 2,
      cancelled: 1,
      abandoned: 1,
    });
    // Of one that it can do without, it may not fail.
    const isNeeded = false;
    const free = committed.map((each) => ('parent' in each ? { ...each, isNeeded } : each));
    expect(prove({ ...ledger, committed: free }).breaches).toEqual([
      { kind: 'a committed job was not done', what: 'p' },
      { kind: 'a job failed permanently', what: 'p: its child was cancelled' },
    ]);
  });

  it.each([
    ['cancelled', true, [], ['a ran after it was cancelled']],
    ['completed', false, [], ['a had completed, and is not done']],
    ['failed', false, ['a'], ['a was failed, and is cancelled']],
    [null, false, ['a', 'b'], ['b, which no one has cancelled']],
    [null, false, [], []],
    ['cancelled', false, [], []],
  ])(
    'compares the answer %s of a cancel with what happened',
    (answer, ranAfter, inQueue, found) => {
      const { breaches } = prove({
        ...KEPT,
        effects: [{ id: 'b', times: 1 }],
        cancels: [{ id: 'a', answer, ranAfter }],
        cancelled: inQueue,
      });
      const kind = 'a cancel was not what it said';
      expect(breaches.filter((breach) => breach.kind === kind).map(({ what }) => what)).toEqual(
        found,
      );
    },
  );

  it('finds a moment at which more jobs of a tenant ran than may', () => {
    const slots = (...runs: [id: string, started: number, ended: number | null][]) =>
      breachesOf({
        slotLimit: 1,
        slots: runs.map(([id, started, ended]) => ({ id, tenant: 't', started, ended })),
      }).map(({ kind }) => kind);
    expect(slots(['a', 0, 10], ['b', 10, 20])).toEqual([]);
    expect(slots(['a', 0, 10], ['b', 9, 20])).toEqual(['a limit was exceeded']);
    // A frozen worker goes on with a job that ran elsewhere meanwhile; a killed one says no end.
    expect(slots(['a', 0, 30], ['a', 5, 9], ['b', 10, 20])).toEqual([]);
    expect(slots(['a', 0, null], ['b', 5, 20])).toEqual([]);
  });

  it('finds what was left behind', () => {
    expect(breachesOf({ leftovers: ['1 connection of chaos-worker-1'] })).toEqual([
      { kind: 'something was left behind', what: '1 connection of chaos-worker-1' },
    ]);
  });
});
