import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';
import { until } from './until';

type RedisOptions = Readonly<Record<string, string>>;

/** Where and how the server is started. */
export interface RedisLaunch {
  /** The folder of its data, which {@link RedisServer.close} deletes; by default a temporary one. */
  folder?: string;
  /**
   * Called with each process of the server, which then has a process group of its own that Ctrl-C does not
   * reach: the caller ends it.
   */
  guard?: (child: ChildProcess) => void;
}

/** How often a server is started, each time on another port. */
const ATTEMPTS = 3;

/**
 * A Redis server of one test, which may kill, freeze and restart it. By default, every command is
 * on disk before its answer (`appendfsync always`).
 */
export class RedisServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly options: RedisOptions,
    private readonly guard: RedisLaunch['guard'],
    private readonly args?: readonly string[],
  ) {}

  /**
   * @param options of redis.conf, overriding those that a queue needs; they may be a function of the port
   * @throws Error if it does not start; another port is tried first, since a process may have taken the chosen one
   */
  static async start(
    options: RedisOptions | ((port: number) => RedisOptions | Promise<RedisOptions>) = {},
    { folder, guard }: RedisLaunch = {},
  ): Promise<RedisServer> {
    const home = folder ?? (await mkdtemp(join(tmpdir(), 'redis-')));
    await mkdir(home, { recursive: true });
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const settings = typeof options === 'function' ? await options(port) : options;
      const server = new RedisServer(home, port, settings, guard);
      try {
        await server.start();
        return server;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** A cluster node without slots, not connected to other nodes: see `RedisCluster`. */
  static async startNode(options: RedisOptions = {}, launch?: RedisLaunch): Promise<RedisServer> {
    return RedisServer.start(
      async () => ({
        'cluster-enabled': 'yes',
        'cluster-announce-ip': '127.0.0.1',
        // The default is the port plus 10,000, which may not exist.
        'cluster-port': String(await freePort()),
        ...options,
      }),
      launch,
    );
  }

  /** A process that watches servers, as `settings` of its configuration file say. It keeps what it learns in that file. */
  static async startSentinel(
    settings: (port: number) => readonly string[],
    { folder, guard }: RedisLaunch = {},
  ): Promise<RedisServer> {
    const home = folder ?? (await mkdtemp(join(tmpdir(), 'sentinel-')));
    await mkdir(home, { recursive: true });
    const port = await freePort();
    const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${home}`, ...settings(port)];
    const file = join(home, 'sentinel.conf');
    await writeFile(file, `${lines.join('\n')}\n`);
    const server = new RedisServer(home, port, {}, guard, [file, '--sentinel']);
    await server.start();
    return server;
  }

  /** Starts it on the same port, with the same data; resolves once the data is loaded. */
  async start(): Promise<void> {
    const child = spawn('redis-server', this.args ?? this.argsOfServer(), {
      stdio: 'ignore',
      detached: this.guard !== undefined,
    });
    this.guard?.(child);
    this.child = child;
    let failure: string | undefined;
    child.once('error', ({ message }) => (failure = message));
    child.once('exit', (code) => (failure ??= `it exited with code ${code}`));
    await until(() => failure !== undefined || this.answers(), {
      what: 'the Redis server to start',
    });
    if (failure !== undefined) throw new Error(`redis-server does not start: ${failure}.`);
  }

  /** Like `kill -9`: clients are not notified. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Its connections stay open, but get no answers. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Stops it permanently, and deletes its data. */
  async close(): Promise<void> {
    await this.kill();
    // A child of it that saves the data for a replica may write a moment longer.
    await rm(this.folder, { recursive: true, maxRetries: 10, retryDelay: 50 });
  }

  private argsOfServer(): string[] {
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
    return Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  }

  /** Whether it accepts connections and has loaded its data: until then, it answers with this error. */
  private async answers(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.write('PING\r\n');
      const answer = await Promise.race([once(socket, 'data'), once(socket, 'close')]).then(
        ([first]) => String(first),
        () => 'a TLS port, which resets the connection',
      );
      return !answer.startsWith('-LOADING');
    } finally {
      socket.destroy();
    }
  }
}
