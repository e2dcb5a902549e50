import { AsyncLocalStorage } from 'node:async_hooks';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import { OtherDatabaseError, TransactionRequiredError } from '../transaction.errors';
import { textOf } from '../../text/reason-of';
import type { TransactionManager } from '../transaction-manager';
import { connectionError } from './connection-error';
import { KnownDatabase } from './database-identity';
import type { PostgresPool } from './postgres-pool';
import {
  clientOf,
  NO_TRANSACTION,
  runInTransaction,
  type TransactionClient,
} from './transaction-client';
import { inTurn } from './transaction-turns';

interface Scope {
  readonly client: TransactionClient;
  ended: boolean;
}

/**
 * The pool that BullMQ uses. Statements issued inside {@link inTransaction} go to the caller's transaction,
 * all others to the pool of the process. So one `Queue` serves both: a separate queue for each transaction
 * would write its settings, and wait for those of the next.
 */
export class TransactionalPool implements PgPool {
  private readonly scopes = new AsyncLocalStorage<Scope>();
  readonly database: KnownDatabase;

  constructor(
    private readonly pool: PostgresPool,
    private readonly location: string,
  ) {
    this.database = new KnownDatabase(pool);
  }

  get options(): PostgresPool['options'] {
    return this.pool.options;
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    const scope = this.scopes.getStore();
    // A statement that `run` did not await must not reach a transaction that is no longer its own.
    if (scope === undefined || scope.ended) return this.pool.query(text, params);
    return inTurn(scope.client, () => runInTransaction<R>(scope.client, text, params));
  }

  /**
   * Runs a function that adds jobs to a queue in the caller's transaction.
   *
   * @throws TransactionRequiredError if there is none.
   * @throws OtherDatabaseError if it belongs to another database.
   */
  async inTransaction<T>(
    manager: TransactionManager,
    queue: string,
    run: () => Promise<T>,
  ): Promise<T> {
    const client = await clientOf(manager);
    if (client === undefined) throw new TransactionRequiredError(queue);
    if (!(await this.database.holds(client))) throw new OtherDatabaseError(queue, this.location);
    const scope: Scope = { client, ended: false };
    try {
      return await this.scopes.run(scope, run);
    } catch (error) {
      if (textOf(error, 'code') === NO_TRANSACTION) throw new TransactionRequiredError(queue);
      throw connectionError(error, this.location);
    } finally {
      scope.ended = true;
    }
  }

  /** Call it when the store takes everything: it has refused nothing since. */
  reportUsable(): void {
    this.pool.reportUsable();
  }

  connect(): Promise<PgPoolClient> {
    return this.pool.connect();
  }

  end(): Promise<void> {
    return this.pool.end();
  }

  on(): this {
    return this;
  }

  removeAllListeners(): this {
    return this;
  }
}
