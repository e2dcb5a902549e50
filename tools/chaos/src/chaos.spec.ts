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
const SHORT = ['--seed=11', '--jobs=200', '--kills=4', '--gap=800', '--settle=60'];

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

  const stores: StoreKind[] = ['postgres'];
  // In continuous integration, a missing server fails the test below.
  if (hasRedis() || process.env['CI'] === 'true') stores.push('redis');
  else
    console.warn(
      `The chaos run on Redis is skipped, because redis-server is not installed: ${REDIS_HINT}.`,
    );

  it.each(stores)(
    'loses no job on %s, and leaves nothing behind',
    async (store) => {
      // The run below has jobs on Postgres whose effect is marked.
      const isCommitted = store === 'postgres';
      const effects = isCommitted ? ['--effects=commit'] : [];
      const { code, output } = await chaos(store, [`--output=${folder}`, ...effects]);
      expect(verdictOf(output)).toContain('Proved: all');
      expect(verdictOf(output)).toMatch(/[1-9]\d* that were cancelled/);
      expect(verdictOf(output)).toMatch(/[1-9]\d* flows ended, and no slot of [1-9]/);
      expect(code).toBe(0);
      expect(faultsOf(`chaos-${store}${isCommitted ? '-commit' : ''}-11`)).toHaveLength(4);
    },
    LIMIT,
  );

  it(
    'loses no job that runs in a sandbox, which is killed as well',
    async () => {
      const { code, output } = await chaos('postgres', [
        '--isolation=process',
        `--output=${folder}`,
      ]);
      expect(verdictOf(output)).toContain('Proved: all');
      expect(code).toBe(0);
      expect(faultsOf('chaos-postgres-process-11').join()).toContain('"sandbox: kill -9"');
    },
    LIMIT,
  );

  /** The lines of a run's event log that record a fault. */
  function faultsOf(run: string): string[] {
    const events = readFileSync(join(folder, `${run}.events.jsonl`), 'utf8');
    return events.split('\n').filter((line) => line.includes('"event":"fault"'));
  }
});
