import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import {
  appendFile,
  cp,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportJob } from '@libs/jobs/report';
import { JobHost, JobProcessor } from '@libs/queue/consumer';
import { type QueueHarness, startProcessor } from '@libs/queue/testing';
import {
  copyWorkspace,
  createTestDatabase,
  PseudoTerminal,
  type TestDatabase,
} from '@libs/testing';

const COMMAND = join(__dirname, '../bin/queue.cjs');
const CONTRACT = 'libs/jobs/src/report.job.ts';

const onTerminal = PseudoTerminal.isAvailable() ? it : it.skip;

@JobProcessor(reportJob)
class EmptyReportProcessor extends JobHost<typeof reportJob> {
  handle() {
    return { days: 0, notifications: 0, images: 0 };
  }
}

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

describe('npx queue', () => {
  let root: string;
  let database: TestDatabase;
  let harness: QueueHarness<typeof reportJob>;

  beforeAll(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'queue-command-')));
    [database] = await Promise.all([createTestDatabase(), copyWorkspace(root)]);
    // Without the command that starts the development services.
    await writeFile(join(root, 'nx.json'), '{}');
    harness = await startProcessor(EmptyReportProcessor, { url: database.url });
  });
  afterAll(async () => {
    await harness.close();
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });

  const run = (args: string[], env: NodeJS.ProcessEnv = { DATABASE_URL: database.url }) =>
    new Promise<Run>((resolve) => {
      const outer = { ...process.env };
      delete outer['DATABASE_URL'];
      delete outer['QUEUE_URL'];
      execFile(
        process.execPath,
        [COMMAND, ...args],
        { cwd: join(root, 'apps'), env: { ...outer, ...env } },
        (error, stdout, stderr) => {
          const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
          resolve({ code, stdout, stderr });
        },
      );
    });
  const built = async (): Promise<string> => {
    const record: unknown = JSON.parse(
      await readFile(join(root, 'dist/commands/current.json'), 'utf8'),
    );
    return (record as { folder: string }).folder;
  };

  it('adds jobs and lists queues without Nx, with a program that is not built again while its sources are the same', async () => {
    const data = '--data={"reportId":"e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b11"}';
    const added = await run(['enqueue', '--job=report', data, '--wait']);
    expect(added).toMatchObject({ code: 0 });
    expect(added.stdout).toMatch(/^The job completed after .+ with {"days":0/m);
    const first = await built();

    // Another time, the same content.
    await utimes(join(root, CONTRACT), new Date(), new Date());
    const listed = await run(['queues', '--job=report', '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { queue: 'report', lastMinute: { completed: 1 } },
    ]);
    expect(await built()).toBe(first);
    // What V8 has compiled is kept for each command.
    const chunks = await readdir(join(root, 'dist/commands', first, 'chunks'));
    expect(chunks).toEqual(
      expect.arrayContaining([
        'runtime.enqueue.code',
        'runtime.queues.code',
        'program.queues.code',
      ]),
    );
  });

  it('says in a sentence what it does not know, and what may have been meant', async () => {
    expect((await run(['enqueu'])).stderr).toContain(
      'There is no command "enqueu". Did you mean "enqueue"?',
    );
    expect((await run(['enqueue', '--job=raport'])).stderr).toContain(
      'There is no job "raport". Did you mean "report"?',
    );
    expect((await run(['dead', '--worker=wroker'])).stderr).toContain(
      'There is no worker "wroker". Did you mean "worker"?',
    );
    expect((await run(['why', '--help'])).stdout).toContain('queue why [options]');
  });

  onTerminal(
    'breaks its sentences between words on a terminal, and in a pipe not at all',
    async () => {
      const options = { cwd: root, env: { PATH: process.env['PATH'] }, columns: 60 };
      const screen = async (args: string): Promise<string> => {
        const terminal = new PseudoTerminal(`node ${COMMAND} ${args}`, options);
        await terminal.ended;
        return terminal.screen;
      };
      const unknown =
        'There is no job "raport". Did you mean "report"? This workspace has: notification, report, report-day, thumbnail.\n';
      expect((await run(['enqueue', '--job=raport'])).stderr).toBe(unknown);
      expect(await screen('enqueue --job=raport')).toBe(
        'There is no job "raport". Did you mean "report"? This\nworkspace has: notification, report, report-day, thumbnail.\n',
      );
      const help = await screen('dead --help');
      expect(help).toContain(
        '\n  --redrive          Queue the job with --id again with all\n                     attempts restored; or, with --job and\n',
      );
      expect(help.split('\n').filter((line) => line.length > 60)).toEqual([]);
    },
  );

  it('reads where the queues are from .env, and says so in a sentence if nothing does', async () => {
    const none = await run(['queues'], {});
    expect(none.stderr).toContain('No queue store configured. Set QUEUE_URL or DATABASE_URL');
    await writeFile(join(root, '.env'), `QUEUE_URL=${database.url}\n`);
    const found = await run(['queues'], {});
    expect(found.code).toBe(0);
    // The command names the store, without its password.
    expect(found.stderr).toMatch(new RegExp(`^Queues: PostgreSQL [^@]+/${database.name}\\n$`));
  });

  it('asks the function `environment` of a program, and starts the program only if that does not answer', async () => {
    const file = 'tools/environment.cjs';
    const options = { environmentCommand: `node ${file}` };
    await writeFile(
      join(root, 'nx.json'),
      JSON.stringify({ targetDefaults: { '@tools/queue:queues': { options } } }),
    );
    await writeFile(
      join(root, file),
      `exports.environment = async ({ STOPPED, URL }) => (STOPPED ? undefined : { QUEUE_URL: URL });
       if (require.main === module) console.log(JSON.stringify({ QUEUE_URL: process.env.STOPPED }));`,
    );
    await rm(join(root, '.env'));
    expect(await run(['queues'], { URL: database.url })).toMatchObject({ code: 0 });
    // The program may start what its function has found stopped.
    expect(await run(['queues'], { STOPPED: database.url })).toMatchObject({ code: 0 });
  });

  it('runs from a temporary folder where it cannot be kept, says so in a sentence, and leaves nothing behind', async () => {
    const kept = join(root, 'dist/commands');
    await rename(kept, `${kept}-kept`);
    await writeFile(kept, '');
    const temporary = await mkdtemp(join(tmpdir(), 'queue-command-'));
    const env = { QUEUE_URL: database.url, TMPDIR: temporary };
    const listed = await run(['queues', '--json'], env);
    expect(listed.stderr).toContain(
      `Compiled for this run only, because ${kept} cannot be written: a file is in its place.`,
    );
    expect(JSON.parse(listed.stdout)).toContainEqual(expect.objectContaining({ queue: 'report' }));
    expect(await readdir(temporary)).not.toContainEqual(expect.stringMatching(/^queue-/));

    await rm(temporary, { recursive: true });
    await writeFile(temporary, '');
    const refused = await run(['queues'], env);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(
      `The folder for temporary files, ${temporary}, cannot be written (ENOTDIR).`,
    );
    expect(refused.stderr).not.toContain('    at ');
    await Promise.all([kept, temporary].map((path) => rm(path)));
    await rename(`${kept}-kept`, kept);
  });

  it('says that the packages are not installed', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'queue-command-'));
    await Promise.all([
      writeFile(join(empty, 'nx.json'), '{}'),
      cp(join(__dirname, '../bin'), join(empty, 'tools/queue/bin'), { recursive: true }),
      cp(join(__dirname, '../workspace'), join(empty, 'tools/queue/workspace'), {
        recursive: true,
      }),
    ]);
    const command = join(empty, 'tools/queue/bin/queue.cjs');
    const { stderr } = spawnSync(process.execPath, [command, 'queues'], { cwd: empty });
    expect(stderr.toString()).toBe(
      'The packages of this workspace are not installed. Run: npm ci\n',
    );
    await rm(empty, { recursive: true });
  });

  it('runs a changed contract at once', async () => {
    const before = await built();
    await appendFile(join(root, CONTRACT), "\nthrow new Error('new code runs');\n");
    const { stderr } = await run(['queues']);
    expect(stderr).toContain('new code runs');
    // Where it was written.
    expect(stderr).toMatch(/at .*libs\/jobs\/src\/report\.job\.ts:\d+:7/);
    expect(await built()).not.toBe(before);
  });
});
