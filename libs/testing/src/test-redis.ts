import { Redis } from 'ioredis';
import { OpenConnectionsError } from './test-database';
import { ConditionTimeoutError, until } from './until';

export interface TestRedis {
  /** Of a database that no other test uses: `redis://host:port/number`. */
  url: string;
  /** Ends every connection to it, as a failing network does. @returns how many there were */
  readonly endConnections: () => Promise<number>;
  /**
   * Empties the database.
   *
   * @throws OpenConnectionsError if something is still connected to it; empties it all the same
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

/** How long connections that were told to end may take to be gone from the server's view. */
const CLOSING_MS = 2_000;

/** In database 0: which databases are taken. One that a killed run has left is free after an hour. */
const claim = (database: number): string => `test-database:${database}`;
const CLAIMED_S = 3_600;

/** Whether {@link createTestRedis} can be used: the global setup has found or started a server. */
export function hasTestRedis(): boolean {
  return Boolean(process.env['TEST_REDIS_URL']);
}

/** An empty database on the Redis server of the tests, known by its number. One a test file. */
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

/** One line of the server's list for each. */
async function connections(client: Redis, database: number): Promise<string[]> {
  const list = (await client.client('LIST')) as string;
  return list.split('\n').filter((line) => line.includes(` db=${database} `));
}

async function onServer<T>(work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(serverUrl(), { db: 0, maxRetriesPerRequest: 1 });
  // Told by the command that fails with it.
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
