import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';

const people = pgTable('people', { id: integer().primaryKey(), name: text().notNull() });

export async function work(): Promise<string> {
  const database = drizzle(process.env['DATABASE_URL'] ?? '');
  try {
    return await database.transaction(async (transaction) => {
      await transaction.execute(
        sql`create temporary table people (id int, name text) on commit drop`,
      );
      await transaction.insert(people).values({ id: 1, name: 'Ada' });
      return JSON.stringify(await transaction.select().from(people));
    });
  } finally {
    await database.$client.end();
  }
}
