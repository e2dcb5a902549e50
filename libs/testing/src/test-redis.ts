import { Redis } from 'ioredis';
import { OpenConnectionsError } from './test-database';
import { ConditionTimeoutError, until } from './until';

export interface TestRedis {
  /** The URL of a database that no other test uses: `redis://host:port/number`. */
  url: string;
  /** Terminates every connection to it, as a failing network does. @returns how many there were */
  readonly endConnections: () => Promise<number>;
  /**
   * Empties the database.
   *
   * @throws OpenConnectionsError if something is still connected to it; the database is emptied anyway
   */
  readonly drop: () => Promise<void>;
}

/** There is no Redis for this test. */
export class TestRedisError extends Error {
  constructor(problem: string) {
    super(
      `${problem} Install redis-server (\`apt-get install redis-server\`, \`brew install redis\`), or set ` +
        'TEST_REDIS_URL to a server whose databases from 1 on may be emptied.',
    );
    this.name = 'TestRedisError';
  }
}

/** How long the server may take to notice that closed connections are gone. */
const CLOSING_MS = 2_000;

/** Keys in database 0 mark the databases in use. A mark left by a killed run expires after an hour. */
const claim = (database: number): string => `test-database:${database}`;
const CLAIMED_S = 3_600;

/** Whether {@link createTestRedis} works: the global setup has found or started a server. */
export function hasTestRedis(): boolean {
  return Boolean(process.env['TEST_REDIS_URL']);
}

/** Reserves an empty database, identified by its number, on the test Redis. Use one per test file. */
export async function createTestRedis(): Promise<TestRedis> {
  const database = await onServer(claimDatabase);
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return {
    url: url.href,
    endConnections: () => onServer((client) => endConnections(client, database)),
    drop: () => onServer((client) => drop(client, database)),
  };
}

async function claimDatabase(client: Redis): Promise<number> {
  const [, databases] = (await client.config('GET', 'databases')) as [string, string];
  const usable = Number(databases) - 1;
  for (let tried = 0; tried < usable; tried += 1) {
    const database = ((await client.incr('test-databases')) % usable) + 1;
    const taken = await client.set(claim(database), process.pid, 'EX', CLAIMED_S, 'NX');
    if (taken === null) continue;
    await client.select(database);
    await client.flushdb();
    return database;
  }
  throw new TestRedisError(`All ${usable} databases of the Redis server are taken by tests.`);
}

async function drop(client: Redis, database: number): Promise<void> {
  const left = await openConnections(client, database);
  await client.pipeline().select(database).flushdb().select(0).del(claim(database)).exec();
  if (left.length > 0) throw new OpenConnectionsError(`Redis database ${database}`, left);
}

async function openConnections(client: Redis, database: number): Promise<string[]> {
  let left: string[] = [];
  try {
    await until(
      async () => {
        left = await connections(client, database);
        return left.length === 0;
      },
      { timeout: CLOSING_MS },
    );
  } catch (error) {
    if (!(error instanceof ConditionTimeoutError)) throw error;
  }
  return left.map((line) => line.replace(/^.*? name=(\S*).* cmd=(\S+).*$/, '$1: last command $2'));
}

async function endConnections(client: Redis, database: number): Promise<number> {
  const lines = await connections(client, database);
  for (const line of lines) await client.client('KILL', 'ID', /id=(\d+)/.exec(line)?.[1] ?? '');
  return lines.length;
}

/** The open connections to a database, one line of the server's list each. */
async function connections(client: Redis, database: number): Promise<string[]> {
  const list = (await client.client('LIST')) as string;
  return list.split('\n').filter((line) => line.includes(` db=${database} `));
}

async function onServer<T>(work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(serverUrl(), { db: 0, maxRetriesPerRequest: 1 });
  // The failing command reports it.
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    await client.quit().catch(() => {
      client.disconnect();
    });
  }
}

function serverUrl(): string {
  const url = process.env['TEST_REDIS_URL'];
  if (!url) throw new TestRedisError('There is no Redis for this test.');
  return url;
}
