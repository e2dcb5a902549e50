import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, until } from '@libs/testing';
import { runExperiment, WORKSPACE_ROOT } from './run-experiment';

/** In milliseconds, for a busy machine; a quiet one takes a few seconds. */
const LIMIT = { start: 60_000, end: 30_000, test: 120_000 };

describe(runExperiment, () => {
  let temporary: string;
  let experiment: ChildProcess;
  let output: string;
  let ended: Promise<number | null>;

  beforeEach(() => {
    temporary = realpathSync(mkdtempSync(join(tmpdir(), 'experiment-spec-')));
    // Postgres, started by root, runs as another account.
    chmodSync(temporary, 0o755);
    output = '';
    experiment = spawn(
      process.execPath,
      ['--import', 'tsx', join(__dirname, '../testing/endless.experiment.ts')],
      {
        cwd: WORKSPACE_ROOT,
        env: {
          ...process.env,
          TMPDIR: temporary,
          TSX_TSCONFIG_PATH: join(WORKSPACE_ROOT, 'tsconfig.base.json'),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const stream of [experiment.stdout, experiment.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    ended = new Promise((resolve) => experiment.once('exit', resolve));
  });

  afterEach(async () => {
    experiment.kill('SIGKILL');
    await ended;
    rmSync(temporary, { recursive: true, force: true });
  });

  it.each([
    ['Ctrl-C', ['SIGINT'], 130],
    ['SIGTERM', ['SIGTERM'], 143],
    ['SIGKILL', ['SIGKILL'], null],
  ] as const)(
    'leaves no server, no program and no file behind when ended by %s',
    async (_, signals, exitCode) => {
      await until(() => existsSync(filesCalled('pids')[0] ?? ''), {
        timeout: LIMIT.start,
        what: `the program of the experiment to run; output: ${output}`,
      });
      const pids = [
        ...descendants(experiment.pid ?? 0),
        ...filesCalled('postmaster.pid').map((file) => Number.parseInt(readFileSync(file, 'utf8'))),
      ];
      // The program, its child, and at least one server.
      expect(pids.filter(isAlive).length).toBeGreaterThanOrEqual(3);

      for (const signal of signals) experiment.kill(signal);
      expect(await ended).toBe(exitCode);
      await until(() => pids.filter(isAlive).length === 0, { timeout: LIMIT.end });
      // tsx keeps a cache there as well.
      const left = () => readdirSync(temporary).filter((name) => name.startsWith('experiment-'));
      await until(() => left().length === 0, { timeout: LIMIT.end });
    },
    LIMIT.test,
  );

  function filesCalled(name: string): string[] {
    return readdirSync(temporary, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(`/${name}`))
      .map((file) => join(temporary, file));
  }
});

/** The pids of the children of a process, of their children, and so on. */
function descendants(root: number): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  const found = [root];
  for (const parent of found) {
    for (const [pid = 0, ppid] of rows) if (ppid === parent) found.push(pid);
  }
  return found.slice(1);
}
