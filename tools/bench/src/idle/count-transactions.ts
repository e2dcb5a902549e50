import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExperimentError, spawnProgram, WORKSPACE_ROOT } from '@tools/experiment';
import { Client } from 'pg';

/** A worker without jobs. */
export interface IdleProgram {
  readonly what: string;
  readonly processors: number;
  /** Its file and arguments. */
  readonly command: readonly string[];
  readonly databaseUrl: string;
}

/**
 * Starts a program, and counts the transactions of its database during a while.
 *
 * @param times in milliseconds: from the start of the worker until it is idle, and the time that is counted
 * @returns how many in a minute
 */
export async function countTransactions(
  { what, command, databaseUrl }: IdleProgram,
  times: { readonly settle: number; readonly counted: number },
): Promise<number> {
  const [file = '', ...args] = command;
  const child = spawnProgram(process.execPath, [file, ...args], {
    cwd: WORKSPACE_ROOT,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  try {
    const ended = once(child, 'exit').then(() => {
      throw new ExperimentError(`The worker has ended: ${what}.`);
    });
    await Promise.race([ended, once(child.stdout, 'data')]);
    await Promise.race([ended, sleep(times.settle)]);
    const before = await transactionsOf(databaseUrl);
    await Promise.race([ended, sleep(times.counted)]);
    ended.catch(() => undefined);
    const after = await transactionsOf(databaseUrl);
    return ((after.count - before.count) * 60_000) / (after.at - before.at);
  } finally {
    child.kill('SIGKILL');
  }
}

/** Asked from another database, so that the question does not count. What the last seconds had is not in it yet. */
async function transactionsOf(databaseUrl: string): Promise<{ count: number; at: number }> {
  const url = new URL(databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/template1';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>(
      'SELECT xact_commit + xact_rollback AS count FROM pg_stat_database WHERE datname = $1',
      [name],
    );
    return { count: Number(rows[0]?.count), at: performance.now() };
  } finally {
    await client.end();
  }
}
