import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from '@tools/experiment';
import { hasRedis, REDIS_HINT } from '@tools/services';
import type { StoreKind } from './faults/schedule';

/** In milliseconds; a quiet machine takes 20 s. */
const LIMIT = 300_000;

/** A run that is as short as possible. */
const SHORT = [
  '--seed=11',
  '--jobs=100',
  '--workers=2',
  '--producers=2',
  '--kills=4',
  '--gap=800',
  '--settle=60',
];

interface Run {
  code: number | null;
  output: string;
}

/** Runs the command until it exits. */
async function chaos(store: StoreKind, more: readonly string[]): Promise<Run> {
  const child = spawn(
    process.execPath,
    [
      join(WORKSPACE_ROOT, 'node_modules/tsx/dist/cli.mjs'),
      ...['--tsconfig', 'tsconfig.base.json', 'tools/chaos/src/chaos.main.ts'],
      ...[...SHORT, `--store=${store}`, ...more],
    ],
    { cwd: WORKSPACE_ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { code, output };
}

/** What follows the table, or all of it. */
function verdictOf(output: string): string {
  return output.slice(output.lastIndexOf('|\n') + 1);
}

describe('a short chaos run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-spec-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'loses no job on Postgres, also where a job and its effect are committed together, and leaves nothing behind',
    async () => {
      await expectAllProved('postgres', ['--effects=commit'], 'chaos-postgres-commit-11');
    },
    LIMIT,
  );

  // In continuous integration, a missing server fails the test.
  const onRedis = hasRedis() || process.env['CI'] === 'true' ? it : it.skip;
  if (onRedis === it.skip) {
    console.warn(
      `The chaos run on Redis is skipped, because redis-server is not installed: ${REDIS_HINT}.`,
    );
  }

  onRedis(
    'loses no job on Redis, nor any that runs in a sandbox, which is killed as well',
    async () => {
      const faults = await expectAllProved(
        'redis',
        ['--isolation=process'],
        'chaos-redis-process-11',
      );
      expect(faults.join()).toContain('"sandbox: kill -9"');
    },
    LIMIT,
  );

  /** @returns the lines of the run's event log that record a fault */
  async function expectAllProved(
    store: StoreKind,
    more: readonly string[],
    run: string,
  ): Promise<string[]> {
    const { code, output } = await chaos(store, [`--output=${folder}`, ...more]);
    expect(verdictOf(output)).toContain('Proved: all');
    expect(verdictOf(output)).toMatch(/[1-9]\d* that were cancelled/);
    expect(verdictOf(output)).toMatch(/[1-9]\d* flows ended, and no slot of [1-9]/);
    expect(code).toBe(0);
    const faults = faultsOf(run);
    expect(faults).toHaveLength(4);
    return faults;
  }

  /** The lines of a run's event log that record a fault. */
  function faultsOf(run: string): string[] {
    const events = readFileSync(join(folder, `${run}.events.jsonl`), 'utf8');
    return events.split('\n').filter((line) => line.includes('"event":"fault"'));
  }
});
