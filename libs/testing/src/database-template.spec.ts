import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { DatabaseTemplate } from './database-template';
import { createTestDatabase } from './test-database';

describe('a database that is copied from a template', () => {
  // No other run has one of this name.
  const name = `spec_${randomBytes(5).toString('hex').replace(/\d/g, 'x')}`;
  let made: string[];

  const template = (version: string): DatabaseTemplate => ({
    name,
    version,
    migrate: async (url) => {
      made.push(version);
      await query(url, `create table ${version} as select 1 as one`);
    },
  });

  const templates = () =>
    query(
      process.env['TEST_DATABASE_URL'] ?? '',
      `select datname from pg_database where datname like 'test_template_${name}_%'`,
    );

  beforeEach(() => {
    made = [];
  });

  afterAll(async () => {
    for (const { datname } of await templates()) {
      await query(process.env['TEST_DATABASE_URL'] ?? '', `drop database "${String(datname)}"`);
    }
  });

  it('has what the migrations make, which run once for all tests, even at the same moment', async () => {
    const databases = await Promise.all(
      [1, 2, 3].map(() => createTestDatabase(template('apples'))),
    );
    for (const { url } of databases) {
      expect(await query(url, 'select one from apples')).toEqual([{ one: 1 }]);
    }
    expect(made).toEqual(['apples']);
    await Promise.all(databases.map((database) => database.drop()));
  });

  it('is apart from the other copies', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => createTestDatabase(template('apples'))),
    );
    await query(one?.url ?? '', 'delete from apples');
    expect(await query(other?.url ?? '', 'select one from apples')).toEqual([{ one: 1 }]);
    await Promise.all([one?.drop(), other?.drop()]);
  });

  it('is made anew when the migrations have changed, and the old template is deleted', async () => {
    const database = await createTestDatabase(template('pears'));
    expect(await query(database.url, 'select one from pears')).toEqual([{ one: 1 }]);
    expect(made).toEqual(['pears']);
    expect(await templates()).toHaveLength(1);
    await database.drop();
  });

  it('fails with the error of the migrations, and is tried again by the next test', async () => {
    const broken = template('plums');
    const failing = { ...broken, migrate: () => Promise.reject(new Error('no plums')) };
    await expect(createTestDatabase(failing)).rejects.toThrow('no plums');
    const database = await createTestDatabase(broken);
    await database.drop();
  });
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
