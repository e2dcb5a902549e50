import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import createKnex from 'knex';
import pg from 'pg';
import { fromDrizzle, fromKnex, fromPg, fromQuery, type TransactionManager } from '../../index';

/** A transaction of a library, as a test uses it. */
export interface LibraryTransaction {
  readonly manager: TransactionManager;
  /** Writes a row to the table `written`, as users of the library do. */
  readonly write: (text: string) => Promise<unknown>;
  readonly run: (statement: string) => Promise<unknown>;
}

/** A library on a database. */
export interface OpenLibrary {
  transaction<Result>(run: (transaction: LibraryTransaction) => Promise<Result>): Promise<Result>;
  /** What a user may pass by mistake: the library's object without a transaction. */
  readonly outside: TransactionManager;
  close(): Promise<unknown>;
}

export type Library = (url: string) => OpenLibrary;

const written = pgTable('written', { text: text() });

/** The libraries that `add(data, { manager })` has an adapter for, except Prisma, whose client is generated. */
export const LIBRARIES: Readonly<Record<string, Library>> = {
  pg: (url) => {
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    return {
      transaction: (run) => onClient(pool, (client) => run(ofClient(client, fromPg(client)))),
      // @ts-expect-error Its statements are in no transaction.
      outside: fromPg(pool),
      close: () => pool.end(),
    };
  },
  Knex: (url) => {
    const knex = createKnex({ client: 'pg', connection: url, pool: { min: 0, max: 2 } });
    return {
      transaction: (run) =>
        knex.transaction((trx) =>
          run({
            manager: fromKnex(trx),
            write: (row) => trx('written').insert({ text: row }),
            run: (statement) => trx.raw(statement),
          }),
        ),
      // @ts-expect-error Nor are those of an instance of Knex,
      outside: fromKnex(knex),
      close: () => knex.destroy(),
    };
  },
  Drizzle: (url) => {
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    const db = drizzle(pool);
    return {
      transaction: (run) =>
        db.transaction((tx) =>
          run({
            manager: fromDrizzle(tx),
            write: (row) => tx.insert(written).values({ text: row }),
            run: (statement) => tx.execute(sql.raw(statement)),
          }),
        ),
      // @ts-expect-error or of a database of Drizzle.
      outside: fromDrizzle(db),
      close: () => pool.end(),
    };
  },
  'any other': (url) => {
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    const manager = (client: pg.Pool | pg.PoolClient) =>
      fromQuery(client, async (statement) => {
        // The protocol that takes one statement at a time.
        const query = { text: statement, queryMode: 'extended' };
        return (await client.query<object>(query)).rows;
      });
    return {
      transaction: (run) => onClient(pool, (client) => run(ofClient(client, manager(client)))),
      outside: manager(pool),
      close: () => pool.end(),
    };
  },
};

function ofClient(client: pg.PoolClient, manager: TransactionManager): LibraryTransaction {
  return {
    manager,
    write: (row) => client.query('INSERT INTO written (text) VALUES ($1)', [row]),
    run: (statement) => client.query(statement),
  };
}

async function onClient<Result>(
  pool: pg.Pool,
  run: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await run(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
