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
import { until } from '@libs/testing';
import { runBenchmark, WORKSPACE_ROOT } from './run-experiment';

/** In milliseconds, on a busy machine; on a quiet one it takes a few seconds. */
const LIMIT = { start: 60_000, end: 30_000, test: 120_000 };

describe(runBenchmark, () => {
  let temporary: string;
  let bench: ChildProcess;
  let said: string;
  let ended: Promise<number | null>;

  beforeEach(() => {
    temporary = realpathSync(mkdtempSync(join(tmpdir(), 'benchmark-spec-')));
    // Postgres, started by root, runs as another account.
    chmodSync(temporary, 0o755);
    said = '';
    bench = spawn(
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
    for (const stream of [bench.stdout, bench.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    ended = new Promise((resolve) => bench.once('exit', resolve));
  });

  afterEach(async () => {
    bench.kill('SIGKILL');
    await ended;
    rmSync(temporary, { recursive: true, force: true });
  });

  it.each([
    ['Ctrl-C', ['SIGINT'], 130],
    ['SIGTERM', ['SIGTERM'], 143],
    ['SIGKILL', ['SIGKILL'], null],
  ] as const)(
    'leaves no server, no program and no file behind when it is ended by %s',
    async (_, signals, exitCode) => {
      await until(() => existsSync(filesCalled('pids')[0] ?? ''), {
        timeout: LIMIT.start,
        what: `the program of the benchmark to run; it said: ${said}`,
      });
      const pids = [
        ...descendants(bench.pid ?? 0),
        ...filesCalled('postmaster.pid').map((file) => Number.parseInt(readFileSync(file, 'utf8'))),
      ];
      // The program, what it has started, and at least one server.
      expect(pids.filter(isRunning).length).toBeGreaterThanOrEqual(3);

      for (const signal of signals) bench.kill(signal);
      expect(await ended).toBe(exitCode);
      await until(() => pids.filter(isRunning).length === 0, { timeout: LIMIT.end });
      // What else is there, tsx keeps from one run to the next.
      const left = () => readdirSync(temporary).filter((name) => name.startsWith('bench-'));
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

/** The processes that a process has started, and those that they have started. */
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

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
