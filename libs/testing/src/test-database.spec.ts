import { Client, Pool } from 'pg';
import { OpenConnectionsError, createTestDatabase } from './test-database';

describe('createTestDatabase', () => {
  it('gives an empty database, which drop() deletes', async () => {
    const database = await createTestDatabase();
    const pool = new Pool({ connectionString: database.url });
    const { rows } = await pool.query('select current_database() as name');
    expect(rows).toEqual([{ name: database.name }]);
    await pool.end();
    await database.drop();

    const client = new Client({ connectionString: database.url });
    await expect(client.connect()).rejects.toThrow(`database "${database.name}" does not exist`);
  });

  it('fails to drop while a connection is open, and names it', async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.url, application_name: 'forgetful' });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('select 42');

    const error: unknown = await database.drop().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OpenConnectionsError);
    expect((error as OpenConnectionsError).connections).toEqual([
      'forgetful: idle, last query: select 42',
    ]);
    await client.end();
  });
});
