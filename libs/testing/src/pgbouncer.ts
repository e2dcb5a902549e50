import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port';
import { until } from './until';

/** Whether this machine has PgBouncer, of Debian's package `pgbouncer`. In CI it has to. */
export function hasPgBouncer(): boolean {
  return process.env['CI'] === 'true' || spawnSync('pgbouncer', ['--version']).error === undefined;
}

/** How often it is started, each time on another port. */
const ATTEMPTS = 3;

/** A PgBouncer of one test, with the defaults of its package, in front of one Postgres. */
export class PgBouncer {
  private constructor(
    /** As that of the server, but through the pooler. */
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /**
   * @param server the URL of a database
   * @throws Error if it does not start; another port is tried first, since a process may have taken the chosen one
   */
  static async start(server: string, mode: 'session' | 'transaction'): Promise<PgBouncer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await PgBouncer.startOnce(server, mode);
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Its clients lose their connections. */
  async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await ended;
    }
    await rm(this.folder, { recursive: true });
  }

  private static async startOnce(server: string, mode: string): Promise<PgBouncer> {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
    const file = join(folder, 'pgbouncer.ini');
    await writeFile(file, settings(new URL(server), mode, port));
    // It refuses to run as root, and changes to this user when it has read its configuration.
    const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
    const child = spawn('pgbouncer', [...user, file], { stdio: 'ignore' });
    let failure: string | undefined;
    child.once('error', ({ message }) => (failure = message));
    child.once('exit', (code) => (failure ??= `it exited with code ${code}`));
    const url = Object.assign(new URL(server), { hostname: '127.0.0.1', port: String(port) });
    const bouncer = new PgBouncer(url.href, child, folder);
    await until(() => failure !== undefined || listens(port), { what: 'PgBouncer to start' });
    if (failure === undefined) return bouncer;
    await bouncer.close();
    throw new Error(`pgbouncer does not start: ${failure}.`);
  }
}

function settings(server: URL, mode: string, port: number): string {
  const target = [
    `host=${server.hostname}`,
    `port=${server.port || '5432'}`,
    `user=${decodeURIComponent(server.username)}`,
    `password=${decodeURIComponent(server.password)}`,
  ];
  return [
    '[databases]',
    `* = ${target.join(' ')}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
  ].join('\n');
}

async function listens(port: number): Promise<boolean> {
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
