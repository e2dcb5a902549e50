import { freePort } from '@libs/testing';
import { access, rm } from 'node:fs/promises';
import { AppProcess } from './support/app.process';
import { ship } from './support/ship';
import { System } from './support/system';
import { WorkspaceCopy } from './support/workspace-copy';

jest.setTimeout(400_000);

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

test('one command adds a worker, others a job to it and one of batches: they lint, type check and pass their tests', async () => {
  await nx('g', '@tools/queue:worker', 'media');
  generated = await nx(
    'g',
    '@tools/queue:processor',
    'email',
    '--worker=media',
    '--isolation=process',
  );
  expect(generated).toContain(PROCESSOR);
  await nx('g', '@tools/queue:processor', 'row', '--worker=media', '--batch=100', '--service');
  await nx('run-many', '-t', 'lint', '-p', 'media', 'jobs');
  // Its program has the new contracts as well.
  await nx('typecheck', 'media');
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
  await nx('build', 'media');
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
    const [, printed] = /npx nx (run media:enqueue .*)/.exec(generated) ?? [];
    if (printed === undefined) throw new Error(`no next step in:\n${generated}`);
    const args = printed.match(/'[^']*'|\S+/g)?.map((word) => word.replace(/'/g, '')) ?? [];
    const enqueued = await nx(...args);
    const [, child] = /completed .* with \{"id":"(\d+) hello"\}/.exec(enqueued) ?? [];
    if (child === undefined) throw new Error(`no result in:\n${enqueued}`);
    expect(Number(child)).not.toBe(worker.pid);
  } finally {
    worker.kill('SIGKILL');
    // Not before the child is gone as well, which writes to the same output.
    await worker.exit();
  }
});

test('a second run is refused and changes nothing', async () => {
  const { code, output } = await workspace.nx(
    ['g', '@tools/queue:processor', 'email', '--worker=media'],
    environment(),
  );
  expect(code).not.toBe(0);
  expect(output).toMatch(/--force/);
  expect(output).not.toMatch(/^\s+at /m);
});

test('a processor deleted by hand fails the sync check and the build under CI, with what to do', async () => {
  await access(workspace.path(PROCESSOR));
  await workspace.delete('apps/media/src/processors/email');
  const check = await workspace.nx(['sync:check'], environment());
  expect(check.code).not.toBe(0);
  expect(check.output).toContain('email');
  const build = await workspace.nx(['build', 'media'], { ...environment(), CI: 'true' });
  expect(build.code).not.toBe(0);
  expect(build.output).toMatch(/nx sync/);
});
