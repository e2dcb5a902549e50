import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { freePort } from '@libs/testing';
import { AppProcess } from '../support/app.process';
import { ship } from '../support/ship';
import { firstTrueLine } from '../support/first-true-line';
import {
  type Outcome,
  packageName,
  type Place,
  PLACES,
  type Sample,
  type SampleResult,
  WORKS,
  worksEverywhere,
} from './sample';
import { JOBS, type SampleJobs } from './sample-jobs';
import type { SampleWorkspace } from './sample-workspace';

export interface Trial {
  workspace: SampleWorkspace;
  jobs: SampleJobs;
  /** For the worker: DATABASE_URL and others. With these, nothing is started for it. */
  env: Record<string, string>;
}

type Outcomes = Record<Place, Outcome>;

/** Installs a sample and tries it in every place. With its line, if it does not work without. */
export async function trySample(sample: Sample, trial: Trial): Promise<SampleResult> {
  const about = {
    name: sample.name,
    packages: sample.packages,
    about: sample.about,
    node: Number.parseInt(process.versions.node),
  };
  try {
    await trial.workspace.take(sample);
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const outcomes = inAll(`Not installed: ${firstTrueLine(stderr || message)}`);
    return { ...about, kind: '', outcomes };
  }
  const bare = await tryPlaces(sample, trial);
  const { line } = sample;
  if (line === undefined || worksEverywhere({ ...about, ...bare })) return { ...about, ...bare };
  await trial.workspace.setLine(line);
  return { ...about, ...(await tryPlaces(sample, trial)), line };
}

async function tryPlaces(
  sample: Sample,
  trial: Trial,
): Promise<Pick<SampleResult, 'kind' | 'outcomes'>> {
  const { workspace } = trial;
  // It builds first. The table needs its reasons; without them, `nx build worker` does the same.
  const built = await workspace.nx(['run', 'worker:report', '--json'], trial.env);
  const shipped =
    built.code === 0 ? await tryShipped(sample, trial) : inAll(firstTrueLine(built.output));
  const serve = await tryServed(sample, trial);
  const spec = await trySpec(trial);
  return {
    kind: built.code === 0 ? await kindOf(sample, workspace) : '',
    outcomes: { ...shipped, serve, spec },
  };
}

/** What the report says of the package that the sample is about. */
async function kindOf({ packages }: Sample, workspace: SampleWorkspace): Promise<string> {
  const report = await readFile(workspace.path('dist/reports/worker/report.json'), 'utf8');
  // Written by this workspace's own plugin.
  const { external } = JSON.parse(report) as { external: { name: string; reason?: string }[] };
  const names = packages.map(packageName);
  const found = external.filter(({ name }) => names.includes(name));
  if (found.length === 0) return 'bundled';
  const [first] = found;
  const main = names[0];
  const others = found.map(({ name }) => name).filter((name) => name !== main);
  const reason = found.find(({ name }) => name === main)?.reason ?? first?.reason;
  const which = first?.name === main ? 'external' : `${others.join(', ')} external`;
  return reason === undefined ? which : `${which}: ${reason}`;
}

/** What is built, copied elsewhere and installed there. */
async function tryShipped(sample: Sample, trial: Trial): Promise<Outcomes> {
  let folder: string | undefined;
  try {
    folder = await ship('worker', trial.workspace.root, sample.environment);
    return await tryWorker(sample, trial, (env) => new AppProcess({ folder: folder ?? '', env }));
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return inAll(`installing what was built: ${firstTrueLine(stderr || message)}`);
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function tryServed(sample: Sample, trial: Trial): Promise<Outcome> {
  const { workspace } = trial;
  const args = [
    workspace.path('node_modules/nx/dist/bin/nx.js'),
    'serve',
    'worker',
    '--no-typeCheck',
  ];
  const outcomes = await tryWorker(sample, trial, (env) => {
    return new AppProcess({
      folder: workspace.root,
      args,
      env: { ...env, NX_DAEMON: 'false', NX_TUI: 'false', NO_COLOR: '1', FORCE_COLOR: '0' },
    });
  });
  const failing = (['build', 'process', 'thread'] as const).filter(
    (place) => outcomes[place] !== WORKS,
  );
  const [first] = failing;
  if (first === undefined) return WORKS;
  return failing.length === 3 ? outcomes[first] : `${failing.join(', ')}: ${outcomes[first]}`;
}

/** Starts a worker, has it do the three jobs one after the other, and stops it. */
async function tryWorker(
  { result }: Sample,
  { jobs, env }: Trial,
  start: (env: Record<string, string>) => AppProcess,
): Promise<Outcomes> {
  const port = await freePort();
  const worker = start({
    ...env,
    WORKER_HTTP: String(port),
    WORKER_PROCESSORS: Object.values(JOBS).join(','),
  });
  const outcomes = inAll('not tried');
  try {
    await worker.ready(`http://127.0.0.1:${port}/health/ready`, 120_000);
    for (const place of ['build', 'process', 'thread'] as const) {
      const outcome = await jobs.run(JOBS[place], result, () => worker.running);
      const isTold = outcome === WORKS || worker.running;
      outcomes[place] = isTold ? outcome : `${outcome} ${firstTrueLine(worker.output)}`;
    }
    return outcomes;
  } catch (error) {
    return inAll(firstTrueLine(worker.output || (error as Error).message));
  } finally {
    if (process.env['PACKAGES_OUTPUT']) process.stderr.write(worker.output);
    await worker.stop();
  }
}

/** The test that the generator wrote, with the sample's result. */
async function trySpec({ workspace, env }: Trial): Promise<Outcome> {
  const args = [
    workspace.path('node_modules/jest/bin/jest.js'),
    '--config=apps/worker/jest.config.cjs',
    `--testPathPatterns=processors/${JOBS.build}/`,
  ];
  // Both name servers that are there, so that none is started for this one test.
  const servers = { TEST_REDIS_URL: 'redis://127.0.0.1:6379', NO_COLOR: '1', FORCE_COLOR: '0' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: workspace.root, env: { ...process.env, ...env, ...servers }, timeout: 180_000 },
      (error, stdout, stderr) => {
        resolve(error ? firstTrueLine(stdout + stderr) : WORKS);
      },
    );
  });
}

function inAll(outcome: Outcome): Outcomes {
  return Object.fromEntries(PLACES.map((place) => [place, outcome])) as Outcomes;
}
