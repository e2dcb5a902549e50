import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilePrograms, observeMachine } from '@tools/experiment';
import { type IsolationDatabase, openIsolationDatabase } from './isolation-database';
import { plotIsolation } from './isolation-plot';
import { doubts, reportOf } from './isolation-report';
import { summarizeRuns, type TopologyResult } from './isolation-result';
import { measureTopology, PROGRAMS, type TopologyBench } from './measure-topology';
import { roundsFor } from './programs/hash-rounds';
import { TOPOLOGIES } from './topologies';

/** In milliseconds, for a busy machine; on a quiet one, all tests take 20 s. */
const LIMIT = 120_000;

/** One with sandboxes and one with a worker of its own; the others are the api alone, with other settings. */
const STARTED = TOPOLOGIES.filter(({ place }) => ['process', 'worker'].includes(place));

/** As short as possible: the tests check that it works, not the figures. */
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

describe('a short run of the isolation benchmark', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'isolation-spec-')));
  const results: TopologyResult[] = [];
  let database: IsolationDatabase;
  let bench: TopologyBench;

  beforeAll(async () => {
    const files = await compilePrograms(join(folder, 'programs'), PROGRAMS);
    database = await openIsolationDatabase(folder);
    const { url: databaseUrl, ids } = database;
    const rounds = roundsFor(OPTIONS.block);
    const throwIfStopped = () => undefined;
    bench = { files, options: OPTIONS, databaseUrl, ids, rounds, throwIfStopped };
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

  it('shows each topology in the tables and in the plot', () => {
    const lines = reportOf(results, OPTIONS, observeMachine()()).split('\n');
    for (const { name } of STARTED) {
      // Three kinds of jobs, and the costs.
      expect(lines.filter((line) => line.startsWith(`| ${name} `))).toHaveLength(4);
    }
    const svg = plotIsolation(results, OPTIONS, 'A machine.');
    expect(svg.match(/class="bar"/g)).toHaveLength(STARTED.length * 3);
    expect(doubts(results)).toEqual([]);
  });
});
