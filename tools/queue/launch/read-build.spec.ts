import { stop as stopEsbuild } from 'esbuild';
import { GuardError } from '../guard/guard.error';
import { WorkerFixture } from '../testing/worker-fixture';
import { readBuild } from './read-build';

const LOADER = 'apps/runner/src/processors/texts/load.ts';

let fixture: WorkerFixture;
beforeAll(() => {
  fixture = new WorkerFixture();
});
afterAll(async () => {
  fixture.remove();
  await stopEsbuild();
});

it('"why" answers from a build that the guard has refused, and asks for no other', async () => {
  const { workspace } = fixture;
  const processor = 'apps/runner/src/processors/texts/texts.processor.ts';
  workspace.write({
    [LOADER]: 'export const load = (name: string): unknown => require(name);\n',
    [processor]: `import { load } from './load';\nconsole.log(load);\n${workspace.read(processor)}`,
  });
  await expect(fixture.build()).rejects.toThrow(GuardError);

  let printed = '';
  const write = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation(write);
  const stderr = jest.spyOn(process.stderr, 'write').mockImplementation(write);
  const { exitCode } = process;
  try {
    await readBuild(workspace.root, ['why', '--project=runner', `--file=${LOADER}`], {
      plan: {
        exec: 'npx',
        commands: [],
        ofBuilds: [
          {
            name: 'why',
            run: '',
            description: '',
            options: { file: { type: 'string', description: '' } },
            required: [],
          },
        ],
        projects: ['runner'],
        workers: [],
        environmentModules: {},
        jobs: {},
      },
      page: () => Promise.reject(new Error('No page is shown.')),
    });
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
    process.exitCode = exitCode;
  }

  expect(printed).toContain(`${processor}:1\n`);
  expect(printed).toContain(`└ ${LOADER}`);
});
