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
  runAsPart,
  runInTransaction,
  type TransactionClient,
} from './transaction-client';
import { NO_TRANSACTION } from './statement-error';
import { inTurn } from './transaction-turns';

/** Why a manager's transaction cannot take a statement of BullMQ. */
export type UnsuitedTransaction = 'no transaction' | 'other database';

/** Makes the error for a manager in no transaction of this database. @param cause what the database said, if it was asked */
export type Refuse = (reason: UnsuitedTransaction, cause?: unknown) => Error;

interface Scope {
  readonly client: TransactionClient;
  /** Runs one statement. */
  readonly run: typeof runInTransaction;
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

  /** Whether a statement that is sent now goes to a transaction of the caller. */
  get isInTransaction(): boolean {
    return this.scopes.getStore()?.ended === false;
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    const scope = this.scopes.getStore();
    // A statement that `run` did not await must not reach a transaction that is no longer its own.
    if (scope === undefined || scope.ended) return this.pool.query(text, params);
    return inTurn(scope.client, () => scope.run<R>(scope.client, text, params));
  }

  /**
   * Runs a function that adds jobs to a queue in the caller's transaction. If it fails, the transaction goes on
   * without them.
   *
   * @throws TransactionRequiredError if there is none.
   * @throws OtherDatabaseError if it belongs to another database.
   */
  inTransaction<T>(manager: TransactionManager, queue: string, run: () => Promise<T>): Promise<T> {
    const refuse: Refuse = (reason, cause) =>
      reason === 'no transaction'
        ? new TransactionRequiredError(queue, cause === undefined ? undefined : { cause })
        : new OtherDatabaseError(queue, this.location);
    return this.runOn(manager, refuse, runInTransaction, run);
  }

  /**
   * Runs a function whose statements are a part of the caller's transaction: if one fails, all of it can only be rolled
   * back.
   */
  asPartOf<T>(manager: TransactionManager, refuse: Refuse, run: () => Promise<T>): Promise<T> {
    return this.runOn(manager, refuse, runAsPart, run);
  }

  private async runOn<T>(
    manager: TransactionManager,
    refuse: Refuse,
    statement: typeof runInTransaction,
    run: () => Promise<T>,
  ): Promise<T> {
    const client = await clientOf(manager);
    if (client === undefined) throw refuse('no transaction');
    const scope: Scope = { client, run: statement, ended: false };
    try {
      if (!(await this.database.holds(client))) throw refuse('other database');
      return await this.scopes.run(scope, run);
    } catch (error) {
      if (textOf(error, 'code') === NO_TRANSACTION) throw refuse('no transaction', error);
      throw connectionError(error, this.location);
    } finally {
      scope.ended = true;
    }
  }

  /** Call it when the store takes everything: it has refused nothing since. */
  reportUsable(): void {
    this.pool.reportUsable();
  }

  /** See {@link PostgresPool.keepOne}. */
  keepOne(): void {
    this.pool.keepOne();
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
