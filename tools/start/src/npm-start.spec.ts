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
import { brokenLines, COLUMNS, LAST_LINES, SCREEN, SECOND_SCREEN, stable } from './testing/screens';
import {
  FAILING_COMMAND,
  FAILING_SCREEN,
  STEPS,
  stableAnswer,
  type Way,
  WAYS,
} from './testing/second-terminal';

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

/** Each command of a second terminal, in one of the ways to run it, and what is on the screen then. */
async function walk(way: Way, addresses: Record<string, string>): Promise<void> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, ...addresses };
  for (const { command, screen, code } of STEPS) {
    const answer = await way.run(command, WORKSPACE, env);
    expect({
      way: way.name,
      code: answer.code,
      screen: stableAnswer(answer.screen, addresses),
    }).toEqual({
      way: way.name,
      code,
      screen,
    });
    if (way.isTerminal) expect(brokenLines(answer.screen)).toEqual([]);
    if (!way.hasColours) expect(answer.output).not.toContain('\u001b');
  }
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
    'shows a newcomer what it does and what to do next; the command that it prints sends a job and follows it, and others answer as they should, also without colours and in a pipe; Ctrl-C ends it with exit code 0',
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
        const failing = new PseudoTerminal(FAILING_COMMAND, options);
        await expect(failing.ended).resolves.toBe(1);
        expect(stableAnswer(failing.screen, env)).toBe(FAILING_SCREEN);
        for (const way of WAYS) await walk(way, env);
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
