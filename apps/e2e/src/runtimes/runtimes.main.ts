import { WORKSPACE_ROOT } from '@libs/testing';
import { ExperimentError, runCommand, runExperiment, startPrivateServers } from '@tools/experiment';
import { Client } from 'pg';
import { firstTrueLine } from '../support/first-true-line';
import { type Installer, INSTALLERS, type Runtime, RUNTIMES } from './candidates';
import { installBuilt, installProgram, prepareInstaller } from './install-shipped';
import { readResults, type Result, type Results, writeResults } from './results';
import { STEPS, tryShipped, WORKS } from './try-shipped';

const NPM: Pick<Installer, 'commands'> = { commands: [['ci', '--omit=dev']] };

const names = [...new Set([...RUNTIMES, ...INSTALLERS].map(({ name }) => name))];

const command = {
  target: 'e2e:runtimes',
  about:
    'Runs the built api and worker with several runtimes, and installs them with several package managers. Writes\n' +
    'docs/operations/runtimes.md. Without names: all of them.',
  flags: {},
  names: { of: 'runtime or package manager', known: names },
};

runExperiment(command, async (experiment, _, chosen) => {
  const { scratch, progress } = experiment;
  const isWanted = ({ name }: { name: string }) => chosen.length === 0 || chosen.includes(name);
  progress('Building api and worker …');
  await runCommand(['npx', 'nx', 'run-many', '-t', 'build', '-p', 'api,worker'], {
    cwd: WORKSPACE_ROOT,
  });
  const servers = await startPrivateServers(scratch);
  const databases = new Databases(servers.postgres.url);
  try {
    let results = await readResults();
    if (RUNTIMES.some(isWanted)) {
      const npm = { program: 'npm', path: process.env['PATH'] ?? '' };
      const api = await installBuilt('api', npm, NPM, scratch);
      const worker = await installBuilt('worker', npm, NPM, scratch);
      for (const runtime of RUNTIMES.filter(isWanted)) {
        const result = await tryRuntime(runtime, { api, worker });
        results = { ...results, runtimes: withResult(RUNTIMES, results.runtimes, result) };
        await report(results, result);
      }
    }
    for (const installer of INSTALLERS.filter(isWanted)) {
      const result = await tryInstaller(installer);
      const installers = withResult(INSTALLERS, results.installers, result);
      results = { ...results, node: process.versions.node, installers };
      await report(results, result);
    }
  } finally {
    await servers.close();
  }

  async function tryRuntime(
    { args = [], ...runtime }: Runtime,
    folders: { api: string; worker: string },
  ): Promise<Result> {
    const program = await installProgram(runtime, scratch);
    const { name, version } = runtime;
    const databaseUrl = await databases.create();
    const outcomes = await tryShipped({ ...folders, command: [program, ...args], databaseUrl });
    return { name, version, outcomes };
  }

  async function tryInstaller(installer: Installer): Promise<Result> {
    const { name, version } = installer;
    try {
      const program = await prepareInstaller(installer, scratch);
      const api = await installBuilt('api', program, installer, scratch);
      const worker = await installBuilt('worker', program, installer, scratch);
      const databaseUrl = await databases.create();
      const ran = await tryShipped({ api, worker, command: [process.execPath], databaseUrl });
      return { name, version, outcomes: { install: WORKS, ...ran } };
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      return { name, version, outcomes: { install: firstTrueLine(error.message) } };
    }
  }

  /** At once, so that a run which is stopped has not been for nothing. */
  async function report(results: Results, result: Result): Promise<void> {
    experiment.throwIfStopped();
    await writeResults(results);
    progress(describe(result));
  }
});

class Databases {
  private count = 0;

  constructor(private readonly server: string) {}

  /** @returns the URL of an empty database */
  async create(): Promise<string> {
    const name = `runtime_${(this.count += 1)}`;
    const client = new Client({ connectionString: this.server });
    await client.connect();
    try {
      await client.query(`CREATE DATABASE ${name}`);
    } finally {
      await client.end();
    }
    const url = new URL(this.server);
    url.pathname = `/${name}`;
    return url.href;
  }
}

/** With this result, and without those of versions that are tried no more. */
function withResult(
  known: readonly { name: string; version: string }[],
  before: readonly Result[],
  result: Result,
): Result[] {
  const isOf = (one: { name: string; version: string }, other: typeof one) =>
    one.name === other.name && one.version === other.version;
  const all = [...before.filter((each) => !isOf(each, result)), result];
  return known.flatMap((each) => all.find((candidate) => isOf(candidate, each)) ?? []);
}

function describe({ name, version, outcomes }: Result): string {
  const wrong = Object.entries(outcomes).filter(([, outcome]) => outcome !== WORKS);
  const missing = STEPS.filter((step) => outcomes[step] === undefined);
  const lines = wrong.map(([step, outcome]) => `    ${step}: ${outcome}`);
  return [
    `${name} ${version}: ${wrong.length + missing.length === 0 ? 'works' : ''}`,
    ...lines,
  ].join('\n');
}
