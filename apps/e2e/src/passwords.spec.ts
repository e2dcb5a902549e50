import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasTestRedis, RedisServer, until } from '@libs/testing';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { notify } from './support/notify';
import { System } from './support/system';

const describeOnRedis = hasTestRedis() || process.env['CI'] === 'true' ? describe : describe.skip;

describeOnRedis('passwords of Postgres and Redis in files', () => {
  let system: System;
  let redis: RedisServer;
  let admin: Client;
  let folder: string;
  let role: string;

  beforeAll(async () => {
    system = await System.create();
    redis = await RedisServer.start({ requirepass: 'first' });
    admin = new Client({ connectionString: system.database.url });
    await admin.connect();
    role = `${system.database.name}_app`;
    await admin.query(`CREATE ROLE "${role}" SUPERUSER LOGIN PASSWORD 'first'`);
    folder = await mkdtemp(join(tmpdir(), 'passwords-'));
    await writePasswords('first');
  });

  afterAll(async () => {
    await admin.query(`DROP ROLE "${role}"`);
    await admin.end();
    await system.close();
    await redis.close();
    await rm(folder, { recursive: true });
  });

  const file = (store: string) => join(folder, store);

  async function writePasswords(password: string): Promise<void> {
    for (const store of ['postgres', 'redis']) await writeFile(file(store), `${password}\n`);
  }

  /** Both servers take the new password only, and cut each connection. */
  async function changePasswords(from: string, to: string): Promise<void> {
    await writePasswords(to);
    await admin.query(`ALTER ROLE "${role}" PASSWORD '${to}'`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [
      role,
    ]);
    const client = new Redis(redis.port, { password: from });
    await client.config('SET', 'requirepass', to);
    await client.client('KILL', 'SKIPME', 'yes');
    client.disconnect();
  }

  it('may be changed while api and worker run: they are read for the next connection', async () => {
    const database = new URL(system.database.url);
    [database.username, database.password] = [role, ''];
    const env = {
      DATABASE_URL: database.href,
      DATABASE_PASSWORD_FILE: file('postgres'),
      QUEUE_URL: redis.url,
      QUEUE_PASSWORD_FILE: file('redis'),
    };
    const [{ url, app: api }, { app: worker }] = await Promise.all([
      system.startApi(env),
      system.startWorker(env),
    ]);
    const sent = () => system.smtp.messages.map(({ subject }) => subject);

    expect((await notify(url, 'before')).status).toBe(202);
    await until(() => sent().includes('before'));
    await changePasswords('first', 'second');
    await until(async () => (await notify(url, 'after')).status === 202);
    await until(() => sent().includes('after'));
    await api.ready(`${url}/health/ready`);

    expect(await Promise.all([api.stop(), worker.stop()])).toEqual([
      { code: 0, signal: null },
      { code: 0, signal: null },
    ]);
    expect(`${api.output}${worker.output}`).not.toMatch(/refuses|password|WRONGPASS|NOAUTH/);
  });
});
