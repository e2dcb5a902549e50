import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  type TestDatabase,
  type TestSmtpServer,
  createTestDatabase,
  startSmtpServer,
  until,
  freePort,
} from '@libs/testing';
import { runFirstJob } from './first-job';

const WORKSPACE = resolve(__dirname, '../../..');
const PATIENCE = { timeout: 240_000 };

// Bundles two applications, checks their types and starts them, possibly on a busy machine.
jest.setTimeout(400_000);

/** `npm start` as in a terminal, without one. */
class NpmStart {
  output = '';
  private readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(env: Record<string, string>) {
    const { PATH, HOME } = process.env;
    this.child = spawn('npm', ['start'], {
      cwd: WORKSPACE,
      env: { PATH, HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** Like Ctrl-C, but for npm alone. */
  interrupt(): void {
    this.child.kill('SIGINT');
  }
}

/** The end of the screen in a pipe: no colours, no line that is drawn again. */
const PANEL = `Ready.
  API      http://localhost:<PORT> (http://localhost:<PORT>/docs)
  Queues   http://localhost:<PORT>/queues, in PostgreSQL <DATABASE>

No first job was sent, because DATABASE_URL and SMTP_URL are set: the job would leave a row and a mail there.

Send another one in a second terminal, and follow it to its end:
  npx queue enqueue --job=notification --wait --data='{"to":"ada@example.com","subject":"Hello","text":"From a worker"}'

DATABASE_URL is set in this terminal only: set the same in the other one, or once for all in the file .env.

A changed source restarts its application. Stop: Ctrl-C
`;

function panelOf(output: string, { DATABASE_URL = '', PORT = '' }: Record<string, string>): string {
  const { host, pathname } = new URL(DATABASE_URL);
  const end = 'Stop: Ctrl-C\n';
  return output
    .slice(output.indexOf('\nReady.\n') + 1, output.indexOf(end) + end.length)
    .replaceAll(`localhost:${PORT}`, 'localhost:<PORT>')
    .replaceAll(`${host}${pathname}`, '<DATABASE>');
}

describe('npm start', () => {
  let database: TestDatabase;
  let smtp: TestSmtpServer;
  let env: Record<string, string>;
  beforeAll(async () => {
    database = await createTestDatabase();
    smtp = await startSmtpServer();
    const [api, worker] = await Promise.all([freePort(), freePort()]);
    env = {
      DATABASE_URL: database.url,
      SMTP_URL: smtp.url,
      PORT: String(api),
      WORKER_HTTP: String(worker),
    };
  });
  afterAll(async () => {
    await smtp.close();
    await database.drop();
  });

  it('brings everything up, prints a panel with a command that sends a job and follows it, and ends on Ctrl-C with exit code 0', async () => {
    const start = new NpmStart(env);
    try {
      await until(() => start.output.includes('Ctrl-C'), PATIENCE);
      expect(start.output).toMatch(/^\[api\] +\d+/m);
      expect(panelOf(start.output, env)).toBe(PANEL);
      expect(start.output).toMatch(/^\[worker\] +\d+/m);

      const line = /^ +(npx queue .*)$/m.exec(start.output)?.[1] ?? '';
      const options = { cwd: WORKSPACE, env: { ...process.env, ...env } };
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', line], options);
      expect(stdout).toMatch(/^The job completed after \d+ ms with \{.*"messageId":/m);
      await until(() => smtp.messages.length === 1, PATIENCE);
      expect(smtp.messages[0]?.to).toEqual(['ada@example.com']);

      // No first job here: the test has its own database and mail server.
      expect(start.output).not.toContain('A first job');
      const firstJob = await runFirstJob(`http://localhost:${env['PORT'] ?? ''}`);
      expect(firstJob).toContain('A first job succeeded');
      expect(smtp.messages).toHaveLength(2);
    } finally {
      start.interrupt();
    }
    await expect(start.ended).resolves.toBe(0);
  });

  it('names the ports that are taken and exits with 1', async () => {
    const blocker = createServer();
    blocker.listen(Number(env['PORT']), '127.0.0.1');
    await once(blocker, 'listening');
    const start = new NpmStart(env);
    await expect(start.ended).resolves.toBe(1);
    expect(start.output).toContain(`Port ${env['PORT'] ?? ''}, which api needs, is in use`);
    expect(start.output).not.toContain('    at ');
    blocker.close();
    await once(blocker, 'close');
  });

  it('exits with 1 and shows why when an application cannot start', async () => {
    const start = new NpmStart({ ...env, MAIL_FROM: 'nobody' });
    await expect(start.ended).resolves.toBe(1);
    expect(start.output).toContain('MAIL_FROM');
    expect(start.output).toContain('worker ended with exit code 1 before it was ready');
  });

  it('exits with 1 and shows why when the migrations cannot be applied', async () => {
    const start = new NpmStart({ ...env, DATABASE_URL: `${database.url}_missing` });
    await expect(start.ended).resolves.toBe(1);
    expect(start.output).toContain(`${database.name}_missing`);
    expect(start.output).not.toContain('[api] ');
  });
});
