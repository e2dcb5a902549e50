import pg from 'pg';
import type { StatementClient } from './statement-client';
import type { TransactionClient } from './transaction-client';

type Query = (...args: unknown[]) => unknown;

const clients = new Map<string, WeakRef<TransactionClient>>();

let isNoting = false;

/**
 * For tests without a store. Notes every client of `pg` in this process that sends something from now on: a library such
 * as Prisma shows its transactions, and not the client that shows how they end.
 */
export function noteClients(): void {
  if (isNoting) return;
  isNoting = true;
  const { prototype } = pg.Client;
  const query = Reflect.get(prototype, 'query') as Query;
  Reflect.set(prototype, 'query', function noted(this: pg.Client, ...args: unknown[]): unknown {
    clients.set(keyOf(Reflect.get(this, 'processID'), this.database), new WeakRef(this));
    return Reflect.apply(query, this, args);
  });
}

/** The client of `pg` that sends the statements of a transaction; undefined if another package does, such as postgres.js. */
export async function clientBehind(
  transaction: StatementClient,
): Promise<TransactionClient | undefined> {
  const { rows } = await transaction.query<{ pid: number; database: string }>(
    'SELECT pg_backend_pid() AS pid, current_database()::text AS database',
  );
  const [{ pid, database } = {}] = rows;
  return clients.get(keyOf(pid, database))?.deref();
}

/** Server processes of different databases may have the same id, on different servers. */
function keyOf(pid: unknown, database: string | undefined): string {
  return `${String(pid)} ${database ?? ''}`;
}
