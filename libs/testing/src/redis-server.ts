import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';
import { until } from './until';

type RedisOptions = Readonly<Record<string, string>>;

/**
 * A Redis server that one test has to itself, to kill, freeze and restart it. What it answers to is on
 * disk before the answer, as `appendfsync always` makes it.
 */
export class RedisServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly options: RedisOptions,
  ) {}

  /** @param options of redis.conf, over those that a queue needs; what depends on the port is a function of it */
  static async start(
    options: RedisOptions | ((port: number) => RedisOptions) = {},
  ): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'redis-'));
    const port = await freePort();
    const settings = typeof options === 'function' ? options(port) : options;
    const server = new RedisServer(folder, port, settings);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A node of a cluster, which has no slots yet and knows no other. */
  static async startNode(): Promise<RedisServer> {
    // By itself it would take a port that is 10,000 higher, and may not exist.
    const busPort = await freePort();
    return RedisServer.start({
      'cluster-enabled': 'yes',
      'cluster-announce-ip': '127.0.0.1',
      'cluster-port': String(busPort),
    });
  }

  /** Starts it on the same port, with the same data. */
  async start(): Promise<void> {
    const all: Record<string, string> = {
      port: String(this.port),
      bind: '127.0.0.1',
      dir: this.folder,
      save: '',
      appendonly: 'yes',
      appendfsync: 'always',
      'maxmemory-policy': 'noeviction',
      ...this.options,
    };
    const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
    this.child = spawn('redis-server', args, { stdio: 'ignore' });
    await until(() => this.accepts(), { what: 'the Redis server to start' });
  }

  /** As `kill -9` does: nobody is told. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Its connections stay open, and are not answered. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Ends it for good, and deletes its data. */
  async close(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true });
  }

  private async accepts(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } finally {
      socket.destroy();
    }
  }
}
