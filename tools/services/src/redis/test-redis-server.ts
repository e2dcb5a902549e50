import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port';
import { ServicesError } from '../services.error';

/** In milliseconds; it takes 20 on an idle machine. */
const START_TIMEOUT = 10_000;

/** One per running test file; an empty database costs nothing. */
const DATABASES = 4_096;

/**
 * Ends the server when this process ends, for whatever reason: its end of the pipe is then closed. The
 * shell has its own group, so that Ctrl-C leaves the server to the tests that are still closing.
 */
const UNTIL_PARENT_ENDS = '"$@" & server=$!; cat >/dev/null; kill $server; wait $server';

/** Whether this machine has a Redis server. */
export function hasRedis(env = process.env): boolean {
  return spawnSync('redis-server', ['--version'], { env, stdio: 'ignore' }).status === 0;
}

/** How to install one. */
export const REDIS_HINT =
  '`apt-get install redis-server` (Debian, Ubuntu) or `brew install redis` (macOS), or set TEST_REDIS_URL';

/**
 * Starts a Redis server for the tests, on a free local port and without persistence. It ends with this
 * process.
 *
 * @returns its URL
 * @throws ServicesError if it does not answer
 */
export async function startTestRedis(): Promise<string> {
  const port = await freePort([]);
  const options = {
    port,
    bind: '127.0.0.1',
    save: '',
    appendonly: 'no',
    databases: DATABASES,
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('sh', ['-c', UNTIL_PARENT_ENDS, 'sh', 'redis-server', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const output = await started(child, port);
  // Its remaining output must not keep this process alive.
  output.resume();
  for (const handle of [child, child.stdin, output] as unknown as { unref(): void }[]) {
    handle.unref();
  }
  return `redis://127.0.0.1:${port}`;
}

async function started(child: ChildProcess, port: number): Promise<Readable> {
  const output = child.stdout;
  if (output === null) throw new ServicesError('The Redis server has no output.');
  let printed = '';
  output.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const deadline = Date.now() + START_TIMEOUT;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.stdin?.destroy();
      throw new ServicesError(`The Redis server of the tests has not started:\n${printed}`);
    }
    await pause(10);
  }
  output.removeAllListeners('data');
  return output;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
