import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { guard } from '../run/cleanup-guard';
import { BenchError } from '../run/experiment.error';

/** In milliseconds. */
const LIMIT = { start: 20_000, stop: 10_000 };

/**
 * A Redis of this run's own, which may be killed and started again.
 *
 * Each command is on disk before it is answered (`appendfsync always`), unless told otherwise: with
 * Redis' default, once a second, a job that was acknowledged may be lost.
 */
export class PrivateRedis {
  private child: ChildProcess | undefined;
  private printed = '';

  constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly appendfsync: 'always' | 'everysec' = 'always',
  ) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resolves once it has read its file and answers. */
  async start(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const settings = {
      port: this.port,
      bind: '127.0.0.1',
      dir: this.folder,
      save: '',
      appendonly: 'yes',
      appendfsync: this.appendfsync,
      'maxmemory-policy': 'noeviction',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = guard(
      // A group of its own: Ctrl-C is for the controller.
      spawn('redis-server', args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    this.child = child;
    let failure: string | undefined;
    child.once('error', (error) => {
      failure = error.message;
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (said: string) => {
        this.printed = (this.printed + said).slice(-2_000);
      });
    }
    const deadline = Date.now() + LIMIT.start;
    while (!(await answers(this.port))) {
      if (child.exitCode !== null) failure = `it ended with exit code ${child.exitCode}`;
      if (Date.now() > deadline) failure ??= 'it does not answer';
      if (failure !== undefined) {
        throw new BenchError(
          `redis-server does not start: ${failure}. Is it installed (apt-get install redis-server, brew install redis)?\n${this.printed}`,
        );
      }
      await sleep(20);
    }
  }

  /** Ends it without a word, and resolves when it is gone. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Connections to it, each a sentence: to be asked when there should be none. */
  async leftovers(): Promise<string[]> {
    const client = new Redis(this.url, { connectionName: 'chaos-controller' });
    try {
      const list = String(await client.client('LIST'))
        .trim()
        .split('\n');
      return list
        .filter((line) => !line.includes('name=chaos-controller'))
        .map((line) => `a connection to Redis: ${line}`);
    } finally {
      client.disconnect();
    }
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

/** Whether it answers a PING; while it reads its file it answers something else. */
async function answers(port: number): Promise<boolean> {
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
