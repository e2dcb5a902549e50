import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilePrograms, observeMachine } from '@tools/experiment';
import { type BenchDatabase, openBenchDatabase } from './bench-database';
import { plotIsolation } from './isolation-plot';
import { doubts, reportOf } from './isolation-report';
import { summarizeRuns, type TopologyResult } from './isolation-result';
import { measureTopology, type TopologyBench } from './measure-topology';
import { roundsFor } from './programs/hash-rounds';
import { TOPOLOGIES } from './topologies';

/** In milliseconds, on a busy machine; all of it takes 20 s on a quiet one. */
const LIMIT = 120_000;

/** One of each way to start and to connect: the others differ from these by a word. */
const STARTED = TOPOLOGIES.filter(({ place }) =>
  ['own-data-source', 'process', 'worker'].includes(place),
);

/** As short as it can be: what is looked at is that it works, not what comes out. */
const OPTIONS = {
  rounds: 1,
  rate: 40,
  timeout: 2_000,
  warmUp: 100,
  measured: 500,
  pool: 1,
  parallel: 1,
  block: 20,
  hold: 50,
  quick: 5,
};

describe('a short run of the isolation bench', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'isolation-spec-')));
  const results: TopologyResult[] = [];
  let database: BenchDatabase;
  let bench: TopologyBench;

  beforeAll(async () => {
    const programs = 'tools/bench/src/isolation/programs';
    const files = await compilePrograms(join(folder, 'programs'), {
      api: `${programs}/app/api.main.ts`,
      worker: `${programs}/app/worker.main.ts`,
      sandbox: `${programs}/app/sandbox.ts`,
      load: `${programs}/load.main.ts`,
    });
    database = await openBenchDatabase(folder);
    const { url: databaseUrl, ids } = database;
    const rounds = roundsFor(OPTIONS.block);
    const assertWanted = () => undefined;
    bench = { files, options: OPTIONS, databaseUrl, ids, rounds, assertWanted };
  }, LIMIT);

  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }, LIMIT);

  it.each(STARTED)(
    'answers requests and does jobs with processors $name',
    async (topology) => {
      const run = await measureTopology(topology, bench, results.length);
      expect(run.cells.idle).toMatchObject({ sent: 20, failed: 0 });
      expect(run.cells.idle.answered).toBeGreaterThan(0);
      expect(run.cells.block.jobsPerSecond).toBeGreaterThan(0);
      expect(run.cells.hold.jobsPerSecond).toBeGreaterThan(0);
      expect(run.costs.quickJobsPerSecond).toBeGreaterThan(0);
      expect(run.costs.memory).toBeGreaterThan(20e6);
      results.push(summarizeRuns(topology, [run], OPTIONS.measured));
    },
    LIMIT,
  );

  it('shows each of them in tables and in the plot', () => {
    const lines = reportOf(results, OPTIONS, observeMachine()()).split('\n');
    for (const { name } of STARTED) {
      // Three kinds of jobs, and what it costs.
      expect(lines.filter((line) => line.startsWith(`| ${name} `))).toHaveLength(4);
    }
    const svg = plotIsolation(results, OPTIONS, 'A machine.');
    expect(svg.match(/class="bar"/g)).toHaveLength(STARTED.length * 3);
    expect(doubts(results)).toEqual([]);
  });
});
