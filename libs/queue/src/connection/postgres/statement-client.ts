import type { PgQueryResult } from 'bullmq';
import pg from 'pg';
import { statementError, type StatementFailure } from './statement-error';

const SAVEPOINT = 'bullmq_add';

/** So many answers may wait on one connection, which keeps the name of each for as long as it lives. */
const ANSWERS = 100;

/** A statement, and what is run around it so that it finds BullMQ's functions and tables. */
export interface Statement {
  readonly before: readonly string[];
  readonly own: string;
  readonly after: readonly string[];
}

/** What a block leaves in a setting of its transaction. */
interface Answer<R> {
  readonly rows?: R[];
  readonly error?: StatementFailure;
}

let answers = 0;

/**
 * The connection of a transaction whose library sends one statement at a time, such as Prisma does.
 *
 * Between two of them, the caller may send its own. So a savepoint around a statement would undo those too, if it fails.
 * In its place, the statement is run in a block of PL/pgSQL, which is one statement and undoes what is in it only. A
 * block has no result: it leaves it in a setting of the transaction, which another statement reads.
 */
export class StatementClient {
  constructor(private readonly send: (text: string) => PromiseLike<readonly object[]>) {}

  async query<R>(text: string): Promise<PgQueryResult<R>> {
    const rows = await this.send(text);
    return { rows: [...rows] as R[], rowCount: rows.length };
  }

  /** @throws an error with the code {@link NO_TRANSACTION} if there is none, before anything is done. */
  async requireTransaction(): Promise<void> {
    await this.query(`SAVEPOINT ${SAVEPOINT}`);
    await this.query(`RELEASE SAVEPOINT ${SAVEPOINT}`);
  }

  /** Runs a statement. If it fails, the transaction can only be rolled back. */
  async run<R>(statement: Statement): Promise<PgQueryResult<R>> {
    await this.requireTransaction();
    return this.runBlock(statement, '');
  }

  /** Runs a statement. If it fails, the transaction is as it was. */
  async attempt<R>(statement: Statement): Promise<PgQueryResult<R>> {
    await this.requireTransaction();
    return this.runBlock(statement, REPORT_ERROR);
  }

  private async runBlock<R>(
    { before, own, after }: Statement,
    onError: string,
  ): Promise<PgQueryResult<R>> {
    answers = (answers + 1) % ANSWERS;
    const setting = `bullmq.answer_${answers}`;
    const body = `
DECLARE
  found json[] := '{}';
  each record;
  failure text;
  detail text;
  hint text;
BEGIN
  ${before.map(perform).join('')}
  FOR each IN EXECUTE ${pg.escapeLiteral(own.replace(/;\s*$/, ''))} LOOP
    found := array_append(found, row_to_json(each));
  END LOOP;
  ${after.map(perform).join('')}
  PERFORM set_config('${setting}', json_build_object('rows', found)::text, true);
${onError.replaceAll('SETTING', setting)}
END`;
    await this.query(`DO ${pg.escapeLiteral(body)}`);
    const { rows } = await this.query<{ answer: string }>(
      `SELECT current_setting('${setting}') AS answer`,
    );
    const answer = JSON.parse(rows[0]?.answer ?? '{}') as Answer<R>;
    if (answer.error !== undefined) throw statementError(answer.error);
    const { rows: found = [] } = answer;
    return { rows: found, rowCount: found.length };
  }
}

function perform(statement: string): string {
  return `EXECUTE ${pg.escapeLiteral(statement)};\n  `;
}

/** Also a statement that was cancelled, by its time limit for example. */
const REPORT_ERROR = `EXCEPTION WHEN OTHERS OR query_canceled OR assert_failure THEN
  GET STACKED DIAGNOSTICS failure = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  PERFORM set_config('SETTING', json_build_object('error', json_strip_nulls(json_build_object(
    'code', SQLSTATE, 'message', failure, 'detail', nullif(detail, ''), 'hint', nullif(hint, ''))))::text, true);`;
