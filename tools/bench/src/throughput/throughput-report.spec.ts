import type { ThroughputProgram } from './measure-program';
import { countSpans } from './span-counter';
import { comparisons, summarizeThroughput, type Throughput } from './throughput-report';

/** A program with a run for each of these rates; its CPU time per job is 1,000,000 divided by the rate. */
function measured(what: string, rates: readonly number[], against = false): Throughput {
  const program: ThroughputProgram = {
    ...{ store: 'Postgres', what, against, file: '', uses: 'runs' },
    settings: { databaseUrl: '', queueUrl: '', jobs: 1, concurrency: 1 },
  };
  const runs = rates.map((rate) => ({ jobsPerSecond: rate, cpuPerJob: 1e6 / rate }));
  return summarizeThroughput(program, runs);
}

describe(comparisons.name, () => {
  it('compares JobHost with BullMQ alone in each round, and says whether the target is met', () => {
    const raw = measured('run by BullMQ alone', [100, 1_000, 100]);
    expect(comparisons([raw, measured('run by JobHost', [98, 980, 98])])).toEqual([
      'Postgres: JobHost runs 0.98 (0.98–0.98) of the jobs/s of BullMQ alone (target: at least 0.97, met), with 1.02 (1.02–1.02) of the CPU time.',
    ]);
    expect(comparisons([raw, measured('run by JobHost', [90, 900, 90])]).join()).toContain(
      '0.90 (0.90–0.90) of the jobs/s of BullMQ alone (target: at least 0.97, missed)',
    );
  });

  it('compares each program with the same one of the other checkout', () => {
    const lines = comparisons([
      measured('added', [100, 200]),
      measured('added', [200, 400], true),
      measured('row, then job', [100, 200]),
    ]);
    expect(lines).toEqual([
      'Postgres: added: 0.50 (0.50–0.50) of the jobs/s of the other checkout, with 2.00 (2.00–2.00) of the CPU time.',
    ]);
  });

  it('compares what is observed with the same that is not, and knows what it may cost', () => {
    const lines = comparisons([
      measured('added, observed by nothing', [100, 1_000]),
      measured('added, with metrics', [98, 980]),
      measured('added, with traces', [80, 800]),
      measured('run by JobHost, with traces', [1, 1]),
    ]);
    expect(lines).toEqual([
      'Postgres: added, with metrics: 0.98 (0.98–0.98) of the jobs/s observed by nothing (target: at least 0.97, met), with 1.02 (1.02–1.02) of the CPU time.',
      'Postgres: added, with traces: 0.80 (0.80–0.80) of the jobs/s observed by nothing (target: at least 0.9, missed), with 1.25 (1.25–1.25) of the CPU time.',
    ]);
  });

  it('counts the spans that a collector is sent', () => {
    // Two spans of one library, and one of another, of the same process.
    const field = (number: number, ...content: number[]) => [
      (number << 3) | 2,
      content.length,
      ...content,
    ];
    const span = field(2, ...field(1, 7, 7));
    const scopes = [...field(2, ...span, ...span), ...field(2, ...field(1, 9), ...span)];
    const process = field(1, ...field(1, 5), ...scopes);
    expect(countSpans(Uint8Array.from(process))).toBe(3);
    expect(countSpans(Uint8Array.from([]))).toBe(0);
  });

  it('has nothing to say where only one side was measured', () => {
    expect(comparisons([measured('run by JobHost', [100])])).toEqual([]);
  });
});
