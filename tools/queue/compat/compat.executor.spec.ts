import type { ExecutorContext } from '@nx/devkit';
import { stop as stopEsbuild } from 'esbuild';
import { FixtureWorkspace } from '../testing/fixture-workspace';
import compatExecutor from './compat.executor';

afterAll(() => stopEsbuild());

const contract = (name: string, rest: string) => `
import { defineJob } from '@acme/queue';
import * as z from 'zod';
export const ${name}Job = defineJob({ name: '${name}', ${rest} });
`;

describe('nx run jobs:compat', () => {
  let workspace: FixtureWorkspace;

  beforeAll(async () => {
    workspace = new FixtureWorkspace({
      '.gitignore': 'node_modules\n',
      'libs/queue/src/index.ts': 'export const defineJob = <T>(contract: T) => contract;\n',
      'libs/jobs/src/mail.job.ts': contract('mail', `data: z.object({ to: z.string() })`),
      'libs/jobs/src/photo.job.ts': contract('photo', `data: z.object({ file: z.string() })`),
      'libs/jobs/src/note.job.ts': contract(
        'note',
        `accepts: ['memo', 'scrap'], data: z.object({ text: z.string() })`,
      ),
      'libs/jobs/src/parcel.job.ts': contract('parcel', `data: z.object({ kilos: z.number() })`),
      'libs/jobs/src/letter.job.ts': contract('letter', `data: z.object({ text: z.string() })`),
    });
    workspace.paths({
      '@acme/queue': ['./libs/queue/src/index.ts'],
      '@acme/queue/*': ['./libs/queue/src/*.ts'],
    });
    await workspace.commit();
  });
  afterAll(() => {
    workspace.remove();
  });

  const context = () =>
    ({
      root: workspace.root,
      projectsConfigurations: {
        version: 2,
        projects: {
          jobs: { root: 'libs/jobs', tags: ['queue:jobs'] },
          queue: { root: 'libs/queue', tags: ['queue:runtime'] },
        },
      },
    }) as unknown as ExecutorContext;

  async function compat(options: object): Promise<{ success: boolean; output: string }> {
    let output = '';
    const write = jest.fn((text: unknown) => {
      output += String(text);
      return true;
    });
    const stdout = jest.spyOn(process.stdout, 'write').mockImplementation(write);
    const stderr = jest.spyOn(process.stderr, 'write').mockImplementation(write);
    const { success } = await compatExecutor(options, context());
    stdout.mockRestore();
    stderr.mockRestore();
    return { success, output };
  }

  it('passes as long as no change breaks queued jobs', async () => {
    workspace.write({
      'libs/jobs/src/mail.job.ts': contract(
        'mail',
        `data: z.object({ to: z.string(), copy: z.string().optional() })`,
      ),
    });
    expect(await compat({})).toMatchObject({ success: true });
  });

  it('names each change that breaks queued jobs, and fails', async () => {
    workspace.write({
      'libs/jobs/src/mail.job.ts': contract(
        'mail',
        `data: z.object({ to: z.email(), subject: z.string() })`,
      ),
      'libs/jobs/src/parcel.job.ts': contract(
        'parcel',
        `version: 2, data: z.object({ grams: z.number() })`,
      ),
      'libs/jobs/src/letter.job.ts': contract(
        'letter',
        `version: 2, upgrade: (data) => data, data: z.object({ body: z.string() })`,
      ),
    });
    workspace.write({
      'libs/jobs/src/note.job.ts': contract(
        'note',
        `accepts: ['memo'], data: z.object({ text: z.string() })`,
      ),
    });
    workspace.delete('libs/jobs/src/photo.job.ts');
    const { success, output } = await compat({ json: true });
    expect(success).toBe(false);
    expect(JSON.parse(output)).toEqual({
      base: 'main',
      unknown: [],
      breaking: [
        expect.objectContaining({ job: 'mail', field: 'subject' }),
        expect.objectContaining({ job: 'mail', field: 'to' }),
        expect.objectContaining({
          job: 'note',
          problem: expect.stringContaining('"scrap"') as string,
        }),
        expect.objectContaining({
          job: 'parcel',
          problem: expect.stringContaining('it has no upgrade') as string,
        }),
        expect.objectContaining({ job: 'photo', field: '' }),
      ],
    });
  });

  it('finds a branch that was fetched and never checked out, as in CI', async () => {
    await workspace.run('git', ['update-ref', 'refs/remotes/origin/release', 'main']);
    const { success, output } = await compat({ base: 'release' });
    expect(success).toBe(false);
    expect(output).toContain('5 changes since release would break jobs which are queued.');
  });

  it('says how to name a commit that git does not know', async () => {
    const { success, output } = await compat({ base: 'nowhere' });
    expect(success).toBe(false);
    expect(output).toContain('git cannot read "nowhere"');
  });
});
