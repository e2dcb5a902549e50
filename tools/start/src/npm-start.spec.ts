import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import {
  PseudoTerminal,
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

const onTerminal = PseudoTerminal.isAvailable() ? it : it.skip;
if (!PseudoTerminal.isAvailable()) {
  process.stderr.write(
    '\nLEFT OUT: npm start was not tested on a terminal, because `script` of util-linux cannot make one here.\n\n',
  );
}

/** `npm start` in a pipe. */
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
}

/** The screen of a terminal that is 80 columns wide, until it is ready. */
const SCREEN = `
> <PACKAGE> start
> exec node tools/start/start.cjs

Postgres: DATABASE_URL is set, so none is started here.
Mail: SMTP_URL is set, so none is caught here.
[prepare] Applied to the database: <THESE>
[prepare] The outbox was created.
[prepare] The queue tables are now at version <THESE>
[api] Starting "api".
[api] <TIME> LOG [Connections] Up to <THESE>
[api] <TIME> LOG [Api] Ready on http://127.0.0.1:<PORT>, described at /docs.
[worker] Starting "worker".
[worker] <TIME> LOG [Health] Health on port <PORT>: /health/live, /health/ready.
[worker] <TIME> LOG [Connections] Up to <THESE>
[worker] <TIME> LOG [Workers] Running <THESE>
[worker] <TIME> LOG [Worker] Ready.

Ready.
  API      http://localhost:<PORT> (http://localhost:<PORT>/docs)
  Queues   http://localhost:<PORT>/queues, in PostgreSQL <DATABASE>

No first job was sent, because DATABASE_URL and SMTP_URL are set: the job would
leave a row and a mail there.

Send another one in a second terminal, and follow it to its end:
  npx queue enqueue --job=notification --wait \\
    --data='{"to":"ada@example.com","subject":"Hello","text":"From a worker"}'

DATABASE_URL is set in this terminal only: set the same in the other one, or
once for all in the file .env.

A changed source restarts its application. Stop: Ctrl-C

`;

/** That of the second terminal, with the command that the first one shows. */
const SECOND_SCREEN = `Queues: PostgreSQL <DATABASE>
Added job 1 to the queue "notification".
The job completed after <N> ms with
{
  "response": "250 OK: message queued",
  "messageId": "<MESSAGE>"
}
`;

/** After Ctrl-C. */
const LAST_LINES = `
Stopping: running jobs and requests finish first. Ctrl-C again ends them now.
[api] <TIME> LOG [Shutdown] SIGTERM: stopped after <N> ms.
[worker] <TIME> LOG [Shutdown] SIGTERM: stopped after <N> ms.
`;

const COLUMNS = 80;

/** Not a line of a worker that was added to the workspace. */
function isOfMain(line: string): boolean {
  return !line.startsWith('[') || /^\[(?:prepare|api|worker)\]/.test(line);
}

/** Without what is another one each time, or in a workspace that has grown: times, ports, the server, where lines break, and the order of what runs side by side. */
function stable(screen: string, { DATABASE_URL = '', ...ports }: Record<string, string>): string {
  const { host, pathname } = new URL(DATABASE_URL);
  // Where a line goes on it is indented, further than anything else is.
  const lines = screen
    .replaceAll(/\n {9,}/g, ' ')
    .split('\n')
    .filter(isOfMain);
  const programs = ['[prepare]', '[api]', '[worker]'];
  const programOf = (line: string) => programs.findIndex((program) => line.startsWith(program));
  const running = lines
    .filter((line) => programOf(line) !== -1)
    .sort((a, b) => programOf(a) - programOf(b));
  return lines
    .map((line) => (programOf(line) === -1 ? line : (running.shift() ?? '')))
    .join('\n')
    .replaceAll(/^(\[.*?\]) +/gm, '$1 ')
    .replace(/^> \S+@\S+ /m, '> <PACKAGE> ')
    .replaceAll(/\b(Applied to the database:|Running|Up to|version) .*/g, '$1 <THESE>')
    .replaceAll(/\b\d\d:\d\d:\d\d\b/g, '<TIME>')
    .replaceAll(/\b\d+ ms\b/g, '<N> ms')
    .replaceAll(/<[^<>]+@[^<>]+>/g, '<MESSAGE>')
    .replaceAll(`${host}${pathname}`, '<DATABASE>')
    .replaceAll(ports['PORT'] ?? '', '<PORT>')
    .replaceAll(ports['WORKER_HTTP'] ?? '', '<PORT>');
}

/** Lines that the terminal breaks inside of a word, although they consist of several. */
function brokenLines(screen: string): string[] {
  return screen.split('\n').filter((line) => line.length > COLUMNS && /\S +\S/.test(line));
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

  onTerminal(
    'shows a newcomer what it does and what to do next; the command that it prints sends a job and follows it; Ctrl-C ends it with exit code 0',
    async () => {
      const { PATH, HOME } = process.env;
      const options = { cwd: WORKSPACE, env: { PATH, HOME, ...env }, columns: COLUMNS };
      const start = new PseudoTerminal('npm start', options);
      try {
        await until(() => start.screen.includes('Stop: Ctrl-C\n'), PATIENCE);
        expect(stable(start.screen, env)).toBe(SCREEN);
        // A line that moves and is wider than the terminal leaves its first part behind at each move.
        expect(start.moves.join('\n')).toMatch(
          /^. Applying migrations, and bundling api\b.* \(\d+ s\)$/m,
        );
        expect(brokenLines(start.moves.join('\n'))).toEqual([]);

        const command = /^ +(npx queue .*\\\n.*)$/m.exec(start.screen)?.[1] ?? '';
        const second = new PseudoTerminal(command, options);
        await expect(second.ended).resolves.toBe(0);
        expect(stable(second.screen, env)).toBe(SECOND_SCREEN);
        expect(brokenLines(second.screen)).toEqual([]);
        await until(() => smtp.messages.length === 1, PATIENCE);
        expect(smtp.messages[0]?.to).toEqual(['ada@example.com']);

        // No first job here: the test has its own database and mail server.
        const firstJob = await runFirstJob(`http://localhost:${env['PORT'] ?? ''}`);
        expect(firstJob).toContain('A first job succeeded');
        expect(smtp.messages).toHaveLength(2);
      } finally {
        start.interrupt();
      }
      await expect(start.ended).resolves.toBe(0);
      const [, last = ''] = start.screen.split('^C');
      expect(stable(last, env).replace(/^.* SIGTERM: stopping, .*\n/gm, '')).toBe(LAST_LINES);
      expect(brokenLines(start.screen)).toEqual([]);
    },
  );

  onTerminal(
    'exits with 1 and shows why when the migrations cannot be applied; with NO_COLOR it has neither colours nor a line that moves',
    async () => {
      const { PATH, HOME } = process.env;
      const missing = { ...env, DATABASE_URL: `${database.url}_missing`, NO_COLOR: '1' };
      // What npm runs: npm has a line of its own that moves.
      const start = new PseudoTerminal('node tools/start/start.cjs', {
        cwd: WORKSPACE,
        env: { PATH, HOME, ...missing },
        columns: COLUMNS,
      });
      await expect(start.ended).resolves.toBe(1);
      expect(start.screen).toContain(`${database.name}_missing`);
      expect(start.screen).not.toContain(' LOG ');
      expect(start.screen).toContain('\nApplying migrations, and bundling api and worker …\n');
      expect(start.output).not.toContain('\u001b');
      expect(brokenLines(start.screen)).toEqual([]);
    },
  );

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
    // In a pipe nothing moves, and nothing has colours.
    expect(start.output).toContain('\nApplying migrations, and bundling api and worker …\n');
    expect(start.output).not.toContain('\u001b');
  });
});
