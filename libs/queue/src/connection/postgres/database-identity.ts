import type { PgQueryResult } from 'bullmq';
import { isForeign, type TransactionClient } from './transaction-client';
import { inTurn } from './transaction-turns';

/**
 * Identifies a database independently of its address: two connections get the same identity if they are to
 * the same database of the same running server.
 */
const IDENTITY = `SELECT current_database() || ' ' || extract(epoch FROM pg_postmaster_start_time()) AS identity`;

/** A client or a pool of `pg`. */
export interface Queryable {
  query(text: string): Promise<unknown>;
}

export async function identityOf(connection: Queryable): Promise<string> {
  const { rows } = (await connection.query(IDENTITY)) as PgQueryResult<{ identity: string }>;
  return rows[0]?.identity ?? '';
}

/** A database, and whether a caller's connection is to it. */
export class KnownDatabase {
  private readonly trusted = new WeakSet<TransactionClient>();
  private identity: string | undefined;

  constructor(private readonly pool: Queryable) {}

  /** Whether a caller's connection is to this database. Queried once per connection. */
  async holds(client: TransactionClient): Promise<boolean> {
    if (isForeign(client)) return false;
    if (this.trusted.has(client)) return true;
    const isOurs = await this.isIdentified(await inTurn(client, () => identityOf(client)));
    if (isOurs) this.trusted.add(client);
    return isOurs;
  }

  async isIdentified(identity: string): Promise<boolean> {
    // The server may have restarted since the last query.
    if (identity !== this.identity) await this.learn();
    return identity === this.identity;
  }

  async learn(): Promise<void> {
    this.identity = await identityOf(this.pool);
  }
}
