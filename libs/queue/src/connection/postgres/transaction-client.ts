import { DEFAULT_SCHEMA, type PgQueryResult } from 'bullmq';
import { textOf } from '../../text/reason-of';
import type { TransactionManager } from '../transaction-manager';
import { inlineParameters } from './inline-parameters';
import { type Statement, StatementClient } from './statement-client';
import { NO_TRANSACTION, TRANSACTION_ABORTED } from './statement-error';

/** The connection of a transaction: a client of `pg`, or a {@link StatementClient}. */
export interface TransactionClient {
  query(text: string): Promise<unknown>;
}

const SAVEPOINT = 'bullmq_add';

/** Fails where there is no transaction, before anything is done. */
const CHECK = [`SAVEPOINT ${SAVEPOINT}`, `RELEASE SAVEPOINT ${SAVEPOINT}`];

/** The transaction-local setting that holds the caller's search path while BullMQ's replaces it. */
const CALLERS_PATH = 'bullmq.callers_search_path';

/**
 * BullMQ's functions that add jobs. They bring the search path of BullMQ's tables themselves, so a call by the name with
 * its schema needs no other path.
 */
export const ADDING_FUNCTIONS = ['add_job', 'add_jobs_bulk', 'add_flow'] as const;

const ADDING_CALL = new RegExp(`^\\s*(SELECT (?:id FROM )?)(${ADDING_FUNCTIONS.join('|')})(?=\\()`);

/** The connection of a manager; undefined if the manager is in no transaction. */
export async function clientOf({
  queryRunner,
}: TransactionManager): Promise<TransactionClient | undefined> {
  if (queryRunner === undefined || queryRunner.isTransactionActive === false) return undefined;
  return (await queryRunner.connect()) as TransactionClient;
}

/** @throws an error with the code {@link NO_TRANSACTION} if the client is in none. */
export async function requireTransaction(client: TransactionClient): Promise<void> {
  if (client instanceof StatementClient) await client.requireTransaction();
  else await client.query(CHECK.join(';\n'));
}

/** Whether a client belongs to another driver, and so to another kind of database. */
export function isForeign(client: TransactionClient | undefined): boolean {
  return typeof client !== 'object' || typeof client.query !== 'function';
}

/**
 * Runs a BullMQ statement in the open transaction of a connection, and preserves the search path. If the statement
 * fails, the transaction can only be rolled back.
 *
 * Sent as one message, so in one round trip: no other statement of the caller can get in between, where it
 * would run with another search path. A {@link StatementClient} has its own way.
 */
export async function runAsPart<R>(
  client: TransactionClient,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<PgQueryResult<R>> {
  const statement = inSchema(inlineParameters(text, parameters));
  if (client instanceof StatementClient) return client.run(statement);
  const { before, own, after } = statement;
  const first = [...CHECK, ...before];
  const results = await client.query([...first, own, ...after].join(';\n'));
  return resultOf(results, first.length);
}

function inSchema(statement: string): Statement {
  const own = statement.replace(ADDING_CALL, `$1${DEFAULT_SCHEMA}.$2`);
  if (own !== statement) return { before: [], own, after: [] };
  return {
    before: [
      `SELECT set_config('${CALLERS_PATH}', current_setting('search_path'), true)`,
      `SET LOCAL search_path TO ${DEFAULT_SCHEMA}`,
    ],
    own,
    after: [`SELECT set_config('search_path', current_setting('${CALLERS_PATH}'), true)`],
  };
}

/** The answer to one statement of a message: `pg` gives a list for several statements only. */
function resultOf<R>(results: unknown, index: number): PgQueryResult<R> {
  // Written by `pg`.
  const all = (Array.isArray(results) ? results : [results]) as PgQueryResult<R>[];
  return all[index] ?? { rows: [], rowCount: 0 };
}

/**
 * As {@link runAsPart}, and a statement that fails leaves the transaction as it was: with a savepoint in the same
 * message, so that no statement of the caller is undone with it.
 */
export async function runInTransaction<R>(
  client: TransactionClient,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<PgQueryResult<R>> {
  const statement = inSchema(inlineParameters(text, parameters));
  if (client instanceof StatementClient) return client.attempt(statement);
  const { before, own, after } = statement;
  const first = [`SAVEPOINT ${SAVEPOINT}`, ...before];
  const last = [...after, `RELEASE SAVEPOINT ${SAVEPOINT}`];
  try {
    const results = await client.query([...first, own, ...last].join(';\n'));
    return resultOf(results, first.length);
  } catch (error) {
    const code = textOf(error, 'code');
    // The savepoint could not be created, so there is nothing to roll back to.
    if (code === NO_TRANSACTION || code === TRANSACTION_ABORTED) throw error;
    // A lost connection has no transaction to repair; the first error reports the loss.
    const repair = `ROLLBACK TO SAVEPOINT ${SAVEPOINT}; RELEASE SAVEPOINT ${SAVEPOINT}`;
    await client.query(repair).catch(() => undefined);
    throw error;
  }
}
