import { freePort } from '@libs/testing';
import { existsSync } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { AppProcess } from './support/app.process';
import { ship } from './support/ship';
import { System } from './support/system';
import { type CommandResult, WorkspaceCopy } from './support/workspace-copy';

jest.setTimeout(400_000);

/** What `npx queue` runs, from node_modules. */
const QUEUE = '../tools/queue/bin/queue.cjs';
const PROCESSOR = 'apps/media/src/processors/email/email.processor.ts';

let workspace: WorkspaceCopy;
let system: System;
let shipped: string | undefined;

beforeAll(async () => {
  [workspace, system] = await Promise.all([WorkspaceCopy.create(), System.create()]);
});
afterAll(async () => {
  await system.close();
  await workspace.remove();
  if (shipped !== undefined) await rm(shipped, { recursive: true, force: true });
});

/** With both set, nothing is started for the copy. */
const environment = () => ({ DATABASE_URL: system.database.url, SMTP_URL: system.smtp.url });

/** Runs Nx in the copy and fails with everything it printed unless it succeeds. */
async function nx(...args: string[]): Promise<string> {
  const { code, output } = await workspace.nx(args, environment());
  if (code !== 0) throw new Error(`nx ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

/** What the generator has printed. */
let generated = '';

/** What a generator has printed, in a pipe. */
const GENERATED = `\
CREATE libs/jobs/src/email.job.ts
CREATE apps/media/src/processors/email/email.processor.ts
CREATE apps/media/src/processors/email/email.processor.spec.ts
UPDATE apps/media/src/processors.generated.ts

Job "email" is registered in "media":
  libs/jobs/src/email.job.ts  its data and its result
  apps/media/src/processors/email/email.processor.ts  the work

Test it:
  npx nx test media --testPathPatterns=processors/email/

Try it while the worker runs (in another terminal: npx nx serve media):
  npx queue enqueue --job=email --data='{"id":"1"}' --wait

Enqueue it from a Nest module, and from a provider or controller in it:
  imports: [QueueModule.forFeature(emailJob)]
  constructor(
    @InjectJob(emailJob) private readonly emailJobs: JobProducer<typeof emailJob>,
  ) {}

  import { InjectJob, JobProducer, QueueModule } from '@libs/queue';
  import { emailJob } from '@libs/jobs/email';`;

/** What a build has printed, without sizes. */
const BUILT = `
Wrote dist/apps/media: <SIZE> without source maps.
Run it: cd dist/apps/media && npm ci --omit=dev && node main.js
`;

/** What brings a file into the worker, as the last build knows it. */
const WHY = `\
libs/jobs/src/email.job.ts is in the bundle of media: <SIZE>.

processor email (in a process)
  apps/media/src/processors/email/email.processor.ts:3
  └ libs/jobs/src/email.job.ts

Not reached from: main, sandbox, row
`;

/** The TypeScript files that generators have written or changed and not deleted, by what they printed. */
function writtenFiles(...outputs: string[]): string[] {
  const files = outputs.flatMap((output) =>
    [...output.matchAll(/^(?:CREATE|UPDATE) (\S+\.ts)$/gm)].map(([, file = '']) => file),
  );
  return [...new Set(files)].filter((file) => existsSync(workspace.path(file)));
}

/**
 * Lints these files and checks their types, by the rules and the options of their projects. The other files of those
 * projects, which `nx lint` and `nx typecheck` would check as well, have been checked where they are.
 */
async function check(files: readonly string[]): Promise<CommandResult> {
  const typeErrors = { files: files.map((file) => workspace.path(file)) };
  await workspace.write(
    'eslint.written.config.mjs',
    `import { createProjectGraphAsync } from '@nx/devkit';
    import config from './eslint.config.mjs';
    import { typeErrors } from './tools/lint/type-errors.mjs';
    await createProjectGraphAsync({ exitOnError: true, resetDaemonClient: true });
    export default [...config, {
      files: ['**/*.ts'],
      plugins: { workspace: { rules: { 'type-errors': typeErrors } } },
      rules: { 'workspace/type-errors': ['error', ${JSON.stringify(typeErrors)}] },
    }];`,
  );
  const options = ['--config=eslint.written.config.mjs', '--no-warn-ignored'];
  return workspace.node('eslint/bin/eslint.js', [...options, ...files]);
}

test('one command adds a worker, others add, move and rename jobs: they lint, type check and pass their tests', async () => {
  const added = await nx('g', '@tools/queue:worker', 'media');
  const email = ['email', '--worker=media', '--isolation=process'];
  generated = await nx('g', '@tools/queue:processor', ...email);
  expect(generated.slice(generated.indexOf('CREATE')).trim()).toBe(GENERATED);
  const line = ['line', '--worker=worker', '--batch=100', '--service'];
  const other = await nx('g', '@tools/queue:processor', ...line);
  const moved = await nx('g', '@tools/queue:move', 'line', '--to=media');
  const renamed = await nx('g', '@tools/queue:rename', 'line', 'row');
  const files = writtenFiles(added, generated, other, moved, renamed);
  expect(files).toEqual(
    expect.arrayContaining([
      PROCESSOR,
      'apps/media/src/main.ts',
      'apps/media/src/processors.generated.ts',
      'libs/jobs/src/email.job.ts',
      'libs/jobs/src/row.job.ts',
      'apps/media/src/processors/row/row.processor.ts',
      'apps/media/src/processors/row/row.service.ts',
    ]),
  );
  expect(await check(files)).toEqual({ code: 0, output: '' });
  await nx('test', 'media');
});

test('a shipped worker has it done in a child process, with the files that it reads; the child is gone when the worker is killed', async () => {
  await workspace.write('apps/media/src/processors/email/greeting.txt', 'hello');
  await workspace.edit(
    PROCESSOR,
    'return { id: data.id }',
    `return { id: \`\${process.pid} \${readFileSync(join(__dirname, 'greeting.txt'), 'utf8')}\` }`,
  );
  await workspace.edit(
    PROCESSOR,
    'import ',
    "import { readFileSync } from 'node:fs';\nimport { join } from 'node:path';\nimport ",
  );
  const built = await nx('build', 'media');
  expect(built.replaceAll(/[\d.]+ [kM]B in \d+ files/g, '<SIZE>')).toContain(BUILT);
  const { output: why } = await workspace.node(
    QUEUE,
    ['why', '--project=media', '--file=libs/jobs/src/email.job.ts'],
    environment(),
  );
  expect(why.replace(/[\d.]+ k?B\b/, '<SIZE>').trim()).toBe(WHY.trim());
  shipped = await ship('media', workspace.root);
  const health = await freePort();
  const worker = new AppProcess({
    folder: shipped,
    env: {
      ...environment(),
      MEDIA_HTTP: String(health),
      MEDIA_PROCESSORS: 'email',
    },
  });
  try {
    await worker.ready(`http://127.0.0.1:${health}/health/ready`);
    // The command that the generator printed as the next step, as it was printed.
    const [, printed] = /npx queue (enqueue .*)/.exec(generated) ?? [];
    if (printed === undefined) throw new Error(`no next step in:\n${generated}`);
    const args = printed.match(/'[^']*'|\S+/g)?.map((word) => word.replace(/'/g, '')) ?? [];
    const { output: enqueued } = await workspace.node(QUEUE, args, environment());
    const [, child] = /completed .* with \{"id":"(\d+) hello"\}/.exec(enqueued) ?? [];
    if (child === undefined) throw new Error(`no result in:\n${enqueued}`);
    expect(Number(child)).not.toBe(worker.pid);
  } finally {
    worker.kill('SIGKILL');
    // Not before the child is gone as well, which writes to the same output.
    await worker.exit();
  }
});

test('a processor deleted by hand fails the sync check and the build under CI, with what to do', async () => {
  await access(workspace.path(PROCESSOR));
  await workspace.delete('apps/media/src/processors/email');
  const check = await workspace.nx(['sync:check'], environment());
  expect(check.code).not.toBe(0);
  expect(check.output).toContain('email');
  // That job is still there.
  expect(check.output).not.toMatch(/\brow\b/);
  const build = await workspace.nx(['build', 'media'], { ...environment(), CI: 'true' });
  expect(build.code).not.toBe(0);
  expect(build.output).toMatch(/nx sync/);
});
