import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardProcess } from '../run/clean-up-guard';
import { ExperimentError } from '../run/experiment.error';

export interface RedisOptions {
  /**
   * When a command is on disk: before its answer (`always`), or within a second (`everysec`, Redis'
   * default, which may lose acknowledged jobs).
   */
  appendfsync: 'always' | 'everysec';
}

/** In milliseconds. */
const LIMIT = { start: 20_000, stop: 10_000 };

/** A Redis server that can be killed and restarted on its data and its port. */
export class PrivateRedis {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly options: RedisOptions,
  ) {}

  /** Creates its folder and chooses its port; {@link start} starts it. */
  static async create(folder: string, options: RedisOptions): Promise<PrivateRedis> {
    await mkdir(folder, { recursive: true });
    return new PrivateRedis(folder, await freePort(), options);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resolves once it has read its data and answers. @throws ExperimentError with its output */
  async start(): Promise<void> {
    const settings = {
      port: this.port,
      bind: '127.0.0.1',
      dir: this.folder,
      save: '',
      appendonly: 'yes',
      'maxmemory-policy': 'noeviction',
      ...this.options,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = guardProcess(
      // In a process group of its own, which Ctrl-C does not reach.
      spawn('redis-server', args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    this.child = child;
    let failure: string | undefined;
    child.once('error', (error) => (failure = error.message));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-2_000);
      });
    }
    const deadline = Date.now() + LIMIT.start;
    while (!(await answersPing(this.port))) {
      if (child.exitCode !== null) failure = `it exited with code ${child.exitCode}`;
      if (Date.now() > deadline) failure ??= `no answer within ${LIMIT.start / 1_000} s`;
      if (failure !== undefined) {
        throw new ExperimentError(
          `redis-server does not start: ${failure}. Is it installed (apt-get install redis-server, brew install redis)?\n${this.output}`,
        );
      }
      await sleep(20);
    }
  }

  /** Kills it with SIGKILL, and resolves when it has exited. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    const killing = setTimeout(() => child.kill('SIGKILL'), LIMIT.stop);
    await exit;
    clearTimeout(killing);
  }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Whether a PING is answered with PONG; while Redis loads its data, it answers with an error. */
async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
