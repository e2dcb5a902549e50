import { schedule, type ScheduleOptions } from './schedule';

const options: ScheduleOptions = {
  seed: 42,
  faults: 60,
  gap: 1_000,
  store: 'redis',
  isolation: 'process',
  lockDuration: 3_000,
};

const kindsOf = (changes: Partial<ScheduleOptions> = {}) =>
  new Set(schedule({ ...options, ...changes }).map(({ kind }) => kind));

describe(schedule.name, () => {
  it('is the same for a seed', () => {
    expect(schedule(options)).toEqual(schedule({ ...options }));
  });

  it('differs for another seed', () => {
    expect(schedule({ ...options, seed: 43 })).not.toEqual(schedule(options));
  });

  it('has the requested number of faults', () => {
    expect(schedule({ ...options, faults: 7 })).toHaveLength(7);
  });

  it('has every kind of fault if it is long enough', () => {
    expect(kindsOf().size).toBe(11);
    expect(kindsOf({ store: 'cluster' }).size).toBe(13);
  });

  it('does not kill a Redis that is not used', () => {
    expect(kindsOf({ store: 'postgres' })).not.toContain('redis: kill -9');
  });

  it.each(['postgres', 'redis'] as const)('has no master to replace on %s', (store) => {
    expect([...kindsOf({ store })].filter((kind) => kind.startsWith('master'))).toEqual([]);
  });

  it.each(['none', 'thread'] as const)('kills no sandbox with isolation %s', (isolation) => {
    expect(kindsOf({ isolation })).not.toContain('sandbox: kill -9');
  });

  it('freezes a worker until it has lost the locks of its jobs', () => {
    const frozen = schedule(options).filter(({ kind }) => kind === 'worker: frozen');
    expect(frozen.length).toBeGreaterThan(0);
    for (const { lasts } of frozen) expect(lasts).toBeGreaterThan(options.lockDuration);
  });
});
