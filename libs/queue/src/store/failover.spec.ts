import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import * as z from 'zod';
import { RedisServer, until } from '@libs/testing';
import { JobHost, JobProcessor } from '../consumer';
import { QueueRefusingError } from '../connection/queue-refusing.errors';
import { defineJob } from '../contract/define-job';
import { type QueueHarness, startProcessor } from '../testing/queue-harness';
import { openQueueStore } from './open-queue-store';
import type { QueueStore } from './queue-store';
import { describeOnRedis } from './testing/each-store';

const pingJob = defineJob({ name: 'ping', data: z.object({}) });

@JobProcessor(pingJob)
class PingProcessor extends JobHost<typeof pingJob> {
  runs = 0;
  beforeEnd: () => Promise<void> = () => Promise.resolve();

  async handle() {
    this.runs += 1;
    await this.beforeEnd();
  }
}

/**
 * The one address of two servers, as of a managed Redis: new connections lead to the present master, and those that
 * are open stay where they are. It can speak as Redis 6.2 does, which no package of this system has.
 */
class Endpoint {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(
    private port: number,
    isOld: boolean,
  ) {
    this.server = createServer((near) => {
      const far = connect(this.port, '127.0.0.1');
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far);
      far.on('data', (data) => near.write(isOld ? as62(data) : data));
    });
  }

  static async start(port: number, { isOld }: { isOld: boolean }): Promise<Endpoint> {
    const endpoint = new Endpoint(port, isOld);
    endpoint.server.listen(0, '127.0.0.1');
    await once(endpoint.server, 'listening');
    return endpoint;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  leadTo(port: number): void {
    this.port = port;
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }
}

/** Errors of scripts, as Redis 6.2 says them. */
function as62(data: Buffer): Buffer {
  const text = data
    .toString('latin1')
    .replaceAll(
      /^-(READONLY [^\r]*?) script: (\w+), on @user_script:(\d+)\.\r$/gm,
      '-ERR Error running script (call to f_$2): @user_script:$3: @user_script: $3: -$1 \r',
    );
  return Buffer.from(text, 'latin1');
}

describeOnRedis('a failover that leaves the connections to the former master open', () => {
  let servers: RedisServer[];
  let admins: Redis[];
  let endpoint: Endpoint;
  let harness: QueueHarness<typeof pingJob>;
  let producer: QueueStore;
  let warn: jest.SpyInstance<void, unknown[]>;

  beforeEach(async () => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    jest.spyOn(Logger.prototype, 'log').mockImplementation();
    servers = [await RedisServer.start(), await RedisServer.start()];
    admins = servers.map(({ url }) => new Redis(url));
    await follow(1, 0);
  });

  afterEach(async () => {
    await producer.close();
    await harness.close();
    await endpoint.close();
    for (const admin of admins) admin.disconnect();
    await Promise.all(servers.map((server) => server.close()));
  });

  const follow = async (replica: number, master: number): Promise<void> => {
    await admins[replica]?.replicaof('127.0.0.1', servers[master]?.port ?? 0);
    await until(async () =>
      (await admins[replica]?.info('replication'))?.includes('link_status:up'),
    );
  };

  /** The second becomes the master, and the first its replica. */
  const failOver = async (): Promise<void> => {
    await admins[0]?.wait(1, 5_000);
    await admins[1]?.call('REPLICAOF', 'NO', 'ONE');
    endpoint.leadTo(servers[1]?.port ?? 0);
    await follow(0, 1);
  };

  it.each([
    ['Redis 7', false],
    ['Redis 6.2', true],
  ])('in the words of %s: worker and producer go to the new one at once', async (_, isOld) => {
    endpoint = await Endpoint.start(servers[0]?.port ?? 0, { isOld });
    harness = await startProcessor(PingProcessor, { url: endpoint.url });
    const processor = harness.app.get(PingProcessor, { strict: false });
    producer = await openQueueStore({ url: endpoint.url });
    const backend = producer.backend('ping', { connection: producer });
    const add = () =>
      backend.addJobs([1, 2].map((id) => ({ jobId: `piped-${id}`, job: jobOf(`piped-${id}`) })));
    await producer.check();
    await harness.run({});

    processor.runs = 0;
    processor.beforeEnd = failOver;
    const { id } = await harness.producer.add({});
    await until(async () => (await harness.jobs.get('ping', id))?.state === 'completed', {
      timeout: 10_000,
    });
    expect(processor.runs).toBe(1);

    // In a pipeline, on a connection that has not met the replica yet.
    await expect(add()).rejects.toBeInstanceOf(QueueRefusingError);
    await until(add, { timeout: 5_000 });

    processor.beforeEnd = () => Promise.resolve();
    await until(() => processor.runs === 3, { timeout: 10_000 });
    expect(await admins[1]?.role()).toContain('master');
    const lines = warn.mock.calls.map(([line]) => String(line));
    expect(lines.filter((line) => line.includes('READONLY')).length).toBeGreaterThan(0);
    expect(lines.filter((line) => line.includes('cannot be reached'))).toEqual([]);
  });
});

function jobOf(id: string) {
  const common = { name: 'ping', data: '{}', opts: { attempts: 1 }, timestamp: Date.now() };
  return { ...common, id, progress: 0, attemptsMade: 0, delay: 0, priority: 0 } as never;
}
