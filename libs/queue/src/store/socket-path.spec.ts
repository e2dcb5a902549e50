import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer, SocketProxy } from '@libs/testing';
import { QueueAccessError } from '../connection/queue-access.error';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { migrateQueueStore } from './migrate-queue-store';
import { openQueueStore } from './open-queue-store';
import { reachStore, untilReached } from './reach-store';
import { createTestStore, describeOnRedis, type TestStore } from './testing/each-store';

describe('a Postgres behind a socket that is not there yet', () => {
  let store: TestStore;
  let folder: string;
  let url: string;

  beforeEach(async () => {
    store = await createTestStore('postgres');
    folder = await mkdtemp(join(tmpdir(), 'socket-'));
    url = SocketProxy.urlOf(store.url, folder);
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
    await store.drop();
  });

  it('cannot be reached, and the error names the socket, not the password', async () => {
    const opened = await openQueueStore({ url });
    const checking = opened.check();
    await expect(checking).rejects.toThrow(QueueUnreachableError);
    await expect(checking).rejects.toThrow(
      `The queue store ${folder}${new URL(url).pathname} cannot be reached: connect ENOENT ${folder}/.s.PGSQL.5432.`,
    );
    await opened.close();
    await expect(migrateQueueStore(url)).rejects.toThrow(QueueUnreachableError);
  });

  it('is waited for', async () => {
    const reaching = reachStore(await openQueueStore({ url }), { timeout: 30_000 });
    const migrating = untilReached(folder, () => migrateQueueStore(url));
    const proxy = await SocketProxy.start(store.url, folder);
    await (await reaching).close();
    await expect(migrating).resolves.toMatchObject({ to: expect.any(Number) as number });
    await proxy.close();
  });

  it('is not waited for where a certificate is missing, which has the same code', async () => {
    const { href } = new URL('?sslmode=verify-full&sslrootcert=/nowhere/ca.pem', store.url);
    await expect(
      reachStore(await openQueueStore({ url: href }), { timeout: 30_000 }),
    ).rejects.toThrow("no such file or directory, open '/nowhere/ca.pem'");
  });
});

describeOnRedis('a Redis behind a socket', () => {
  it('is waited for until the socket is there, and refuses a wrong password', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'socket-'));
    const path = join(folder, 'redis.sock');
    const url = `unix://default:secret@${path}?db=1`;
    const absent = await openQueueStore({ url });
    await expect(absent.check()).rejects.toThrow(
      `The queue store ${path}?db=1 cannot be reached: connect ENOENT ${path}.`,
    );
    await absent.close();

    const reaching = reachStore(await openQueueStore({ url }), { timeout: 30_000 });
    const server = await RedisServer.start({ unixsocket: path, requirepass: 'secret' });
    await (await reaching).close();
    await expect(
      reachStore(await openQueueStore({ url: `unix://${path}` }), { timeout: 30_000 }),
    ).rejects.toThrow(QueueAccessError);
    await server.close();
    await rm(folder, { recursive: true });
  });
});
