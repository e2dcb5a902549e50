import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from './support/ship';

/** What every test runs with, although most projects import none of it. */
const SUPPORT = [
  'jest.preset.js',
  'libs/testing/src/leak-check.environment.ts',
  'libs/testing/src/open-handles.ts',
  'tools/services/src/jest.global-setup.ts',
  'tools/services/src/redis/test-redis-server.ts',
];

const known = new Map<string, Promise<string[]>>();

/** The files that decide whether Nx answers a target from its cache. */
function inputsOf(target: string): Promise<string[]> {
  const inputs = known.get(target) ?? askNx(target);
  known.set(target, inputs);
  return inputs;
}

async function askNx(target: string): Promise<string[]> {
  const nx = join(workspaceRoot, 'node_modules/nx/dist/bin/nx.js');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [nx, 'show', 'target', 'inputs', target, '--json'],
    { cwd: workspaceRoot, maxBuffer: 1 << 24, env: { ...process.env, NX_DAEMON: 'false' } },
  );
  return (JSON.parse(stdout) as { files: string[] }).files;
}

// One that takes the inputs of all tests as they are, and one that adds to them.
test.each(['health:test', 'api:test'])(
  'a change in what all tests run with has %s run again',
  async (target) => {
    expect(await inputsOf(target)).toEqual(expect.arrayContaining(SUPPORT));
  },
);

test('a change in a test of the test support is for that project alone', async () => {
  const spec = 'libs/testing/src/until.spec.ts';
  expect(await inputsOf('health:test')).not.toContain(spec);
  expect(await inputsOf('testing:test')).toContain(spec);
});

test('a change in the rules of the linter has each project linted again', async () => {
  expect(await inputsOf('health:lint')).toEqual(
    expect.arrayContaining(['eslint.config.mjs', 'tools/queue/eslint/processor-isolation.mjs']),
  );
});

test('a change in what makes a bundle, and in a job contract, builds the worker again; in a test it does not', async () => {
  const files = await inputsOf('worker:build');
  expect(files).toEqual(
    expect.arrayContaining([
      'tools/queue/guard/guard.ts',
      'tools/queue/bundle/esbuild-options.ts',
      'libs/jobs/src/notification.job.ts',
      'apps/worker/src/processors.generated.ts',
    ]),
  );
  expect(files).not.toContain('libs/worker-app/src/config.spec.ts');
});
