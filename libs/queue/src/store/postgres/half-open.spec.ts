import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '@libs/testing';
import { QueueUnreachableError } from '../../errors/queue-unreachable.error';
import { PostgresPool } from './postgres-pool';

describe('a connection whose packets get lost', () => {
  const sockets: Socket[] = [];
  let database: TestDatabase;
  let server: Server;
  let pool: PostgresPool;

  beforeAll(async () => {
    database = await createTestDatabase();
    const target = new URL(database.url);
    server = createServer((client) => {
      const store = connect(Number(target.port), target.hostname);
      for (const socket of [client, store]) socket.on('error', () => undefined);
      client.on('close', () => store.destroy());
      store.on('close', () => client.destroy());
      client.pipe(store).pipe(client);
      sockets.push(client, store);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(database.url);
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    pool = new PostgresPool({ url: url.href, answerTimeout: 1_000 }, 'test', new Logger('test'));
  });

  afterAll(async () => {
    await pool.end();
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
    await database.drop();
  });

  it('is not waited for: the statement fails soon, and the next one has another connection', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    jest.spyOn(Logger.prototype, 'log').mockReturnValue();
    await pool.query('SELECT 1');
    for (const socket of sockets) {
      socket.unpipe();
      socket.resume();
    }
    await expect(pool.query('SELECT 1')).rejects.toBeInstanceOf(QueueUnreachableError);
    expect((await pool.query<{ n: number }>('SELECT 2 AS n')).rows).toEqual([{ n: 2 }]);
  });
});
