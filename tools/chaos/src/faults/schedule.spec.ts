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
  it('is the same for the same seed', () => {
    expect(schedule(options)).toEqual(schedule({ ...options }));
  });

  it('is another one for another seed', () => {
    expect(schedule({ ...options, seed: 43 })).not.toEqual(schedule(options));
  });

  it('has as many faults as were asked for', () => {
    expect(schedule({ ...options, faults: 7 })).toHaveLength(7);
  });

  it('has every kind of fault when it is long enough', () => {
    expect(kindsOf().size).toBe(11);
  });

  it('kills no Redis where there is none', () => {
    expect(kindsOf({ store: 'postgres' })).not.toContain('redis: kill -9');
  });

  it.each(['none', 'thread'] as const)(
    'kills no child process with the isolation %s',
    (isolation) => {
      expect(kindsOf({ isolation })).not.toContain('child: kill -9');
    },
  );

  it('freezes a worker for longer than its jobs stay locked', () => {
    const frozen = schedule(options).filter(({ kind }) => kind === 'worker: frozen');
    expect(frozen.length).toBeGreaterThan(0);
    for (const { lasts } of frozen) expect(lasts).toBeGreaterThan(options.lockDuration);
  });
});
