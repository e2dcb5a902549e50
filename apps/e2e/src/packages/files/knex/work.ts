import knex from 'knex';

export async function work(): Promise<string> {
  const database = knex({ client: 'pg', connection: process.env['DATABASE_URL'] ?? '' });
  try {
    return await database.transaction(async (transaction) => {
      await transaction.raw('create temporary table people (id int, name text) on commit drop');
      await transaction('people').insert([
        { id: 1, name: 'Ada' },
        { id: 2, name: 'Bob' },
      ]);
      return JSON.stringify(await transaction('people').where('id', '>', 1).select('name'));
    });
  } finally {
    await database.destroy();
  }
}
