import { createTestDatabase, type TestDatabase } from '@libs/testing';
import pg from 'pg';
import { ping } from './ping';

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('a ping of Postgres', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url, query_timeout: 60_000 });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('is answered, and leaves nothing behind that would keep the process alive', async () => {
    await client.query('SELECT 1');
    const before = timers();
    await ping(client);
    expect(timers()).toBe(before);
  });
});
