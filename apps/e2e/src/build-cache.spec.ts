import { appendFile, readFile } from 'node:fs/promises';
import { WorkspaceCopy } from './support/workspace-copy';

jest.setTimeout(300_000);

const RESTORED = ['dist/apps/worker/main.js', 'dist/apps/worker/package-lock.json'];
const REPORT = 'dist/reports/worker/bundle.json';

let workspace: WorkspaceCopy;

beforeAll(async () => {
  workspace = await WorkspaceCopy.create();
});
afterAll(() => workspace.remove());

/** Builds the worker, and tells whether Nx took the result from its cache. */
async function buildFromCache(): Promise<boolean> {
  const { code, output } = await workspace.nx(['build', 'worker']);
  if (code !== 0) throw new Error(`nx build worker ended with ${code}:\n${output}`);
  return /local cache|existing outputs/.test(output);
}

const read = (file: string) => readFile(workspace.path(file), 'utf8');

test('a build with nothing changed comes from the cache, with all its files and the report; a changed one does not', async () => {
  expect(await buildFromCache()).toBe(false);
  const files = [...RESTORED, REPORT];
  const built = await Promise.all(files.map(read));
  await workspace.delete('dist');

  expect(await buildFromCache()).toBe(true);

  expect(await Promise.all(files.map(read))).toEqual(built);

  await appendFile(workspace.path('libs/jobs/src/notification.job.ts'), '\n// changed\n');
  expect(await buildFromCache()).toBe(false);
});
