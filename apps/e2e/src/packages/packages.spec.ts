import { createTestDatabase, type TestDatabase, WORKSPACE_ROOT } from '@libs/testing';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PAGE, pageOf, readResults } from './results';
import { PLACES } from './sample';
import { SampleJobs } from './sample-jobs';
import { SAMPLES, SampleWorkspace } from './sample-workspace';
import { samples } from './samples';
import { trySample } from './try-sample';

jest.setTimeout(600_000);

describe('one of the packages that people use, installed anew', () => {
  let database: TestDatabase;
  let workspace: SampleWorkspace;
  let jobs: SampleJobs;
  let env: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    env = { DATABASE_URL: database.url, SMTP_URL: 'smtp://127.0.0.1:25' };
    workspace = await SampleWorkspace.create(env);
    jobs = await SampleJobs.open(database.url);
  });
  afterAll(async () => {
    await jobs.close();
    await workspace.remove();
    await database.drop();
  });

  // Beside the bundle, with files of its own. The others: npx nx run e2e:packages
  it('pdfkit works in a shipped build, isolated, served and in a test', async () => {
    const sample = samples.find(({ name }) => name === 'pdfkit');
    if (sample === undefined) throw new Error('There is no sample "pdfkit".');
    const { outcomes } = await trySample(sample, { workspace, jobs, env });
    expect(outcomes).toEqual(Object.fromEntries(PLACES.map((place) => [place, 'works'])));
  });
});

describe('docs/reference/packages.md', () => {
  it('is what the results of the last runs make', async () => {
    const page = await readFile(join(WORKSPACE_ROOT, PAGE), 'utf8');
    expect(page).toBe(await pageOf(await readResults(), samples));
  });

  it('is about the samples that there are, each with code of its own', async () => {
    const names = samples.map(({ name }) => name).sort();
    for (const { name } of await readResults()) expect(names).toContain(name);
    expect((await readdir(SAMPLES)).sort()).toEqual(names);
    for (const name of names) {
      const hasWork = ['work.ts', 'work.tsx'].some((file) => existsSync(join(SAMPLES, name, file)));
      expect({ name, hasWork }).toEqual({ name, hasWork: true });
    }
  });
});
