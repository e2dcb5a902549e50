import { stop as stopEsbuild } from 'esbuild';
import { runExecutor } from '../testing/run-executor';
import { WorkerFixture } from '../testing/worker-fixture';
import type { WhyAnswer } from './why-answer';
import whyExecutor from './why.executor';
import type { WhyOptions } from './why-options';

let fixture: WorkerFixture;
beforeAll(async () => {
  fixture = new WorkerFixture();
  await fixture.build();
});
afterAll(async () => {
  fixture.remove();
  await stopEsbuild();
});

function why(options: WhyOptions, projectName = 'runner') {
  const { workspace, graph } = fixture;
  return runExecutor(whyExecutor, options, {
    root: workspace.root,
    projectName,
    projectGraph: graph,
  });
}

describe('something in the bundle', () => {
  it('is shown with the way from each processor that needs it, and where it leaves the bundle', async () => {
    const { success, output } = await why({ package: 'native-thing' });

    expect(success).toBe(true);
    expect(output).toBe(
      `native-thing 1.0.0 is installed beside the bundle of runner: its package.json describes compiled code.

processor pictures (in a process)
  apps/runner/src/processors/pictures/pictures.processor.ts:4
  └ apps/runner/src/processors/pictures/resize.ts:2
    └ native-thing   (outside the bundle)

Not reached from: main, sandbox, texts
`,
    );
  });

  it('is shown for each processor that shares it', async () => {
    const { output } = await why({ package: 'shared-pkg' });

    expect(output).toContain('shared-pkg 1.0.0 is in the bundle of runner: 2.');
    expect(output).toContain('processor pictures (in a process)\n');
    expect(output).toContain('processor texts\n');
    expect(output).toContain('Not reached from: main, sandbox\n');
  });

  it('may be a file, reached through an import() in the registry', async () => {
    const { output } = await why({ file: 'apps/runner/src/processors/texts/texts.processor.ts' });

    expect(output).toMatch(
      /start \(main\)\n {2}apps\/runner\/src\/main.ts:3\n {2}└ .*processors.generated.ts:4\n.*texts.processor.ts {3}\(import\(\): loaded on demand\)/,
    );
  });

  it('is distinguished from what only sandboxes load', async () => {
    const { output } = await why({ file: 'apps/runner/src/child.ts' });

    expect(output).toContain(
      `sandboxes of isolated processors (sandbox)
  apps/runner/src/sandbox.ts:4
  └ apps/runner/src/child.ts

Not reached from: main, pictures, texts
`,
    );
  });

  it('may be a library of the workspace, by the name that it is imported by', async () => {
    const { output } = await why({ package: '@acme/runtime/consumer' });

    expect(output).toContain('libs/runtime/src/consumer.ts is in the bundle of runner');
  });

  it('is JSON with every file of each chain, if asked for', async () => {
    const { output } = await why({ package: 'native-thing', json: true });

    const answer = JSON.parse(output) as WhyAnswer;
    expect(answer).toMatchObject({
      status: 'external',
      reason: 'its package.json describes compiled code',
      reached: [{ root: { name: 'pictures' }, chains: [{ length: 3 }] }],
    });
  });

  it('has no color where the output is no terminal, even if FORCE_COLOR is set', async () => {
    jest.replaceProperty(process, 'env', { ...process.env, FORCE_COLOR: '1' });

    expect((await why({ package: 'shared-pkg' })).output).not.toContain('\u001B');
  });
});

describe('something that is not in the bundle', () => {
  it('may be allowed: the projects in between are named', async () => {
    const { success, output } = await why({ package: 'unused-pkg' });

    expect(success).toBe(true);
    expect(output).toBe(
      'unused-pkg 1.0.0 is not in the bundle of runner.\n' +
        'The project graph would allow it: runner → unused-lib → unused-pkg\n' +
        'But no bundled file imports it. (Type imports do not count.)\n',
    );
  });

  it('may be of another application only', async () => {
    const { output } = await why({ package: 'other-pkg' });

    expect(output).toContain(
      'would not allow it: no project that runner depends on uses it. Used by: other.',
    );
  });

  it('may be a file of the application that nothing imports, or one of another', async () => {
    const own = await why({ file: 'apps/runner/src/forgotten.ts' });
    expect(own.output).toContain('would allow it: it is a file of runner');

    const other = await why({ file: 'apps/other/src/main.ts' });
    expect(other.output).toContain('it belongs to other, which runner does not depend on');
  });

  it.each([
    [{ package: 'shared-pgk' }, '--package=shared-pkg'],
    [{ file: 'apps/runner/src/mian.ts' }, '--file=apps/runner/src/main.ts'],
  ])('may be misspelt: %j fails and suggests %s', async (options, suggestion) => {
    const { success, output } = await why(options);

    expect(success).toBe(false);
    expect(output).toContain(`Did you mean:\n  npx queue why --project=runner ${suggestion}`);
  });
});

describe('a question that cannot be answered fails with a sentence', () => {
  it.each([
    [{}, 'Pass what to look for'],
    [{ package: '' }, 'Pass what to look for'],
    [{ package: 'a', file: 'b.ts' }, 'not both'],
    [{ package: 'fs' }, 'part of Node.js'],
    [{ package: 'libs/jobs/src/texts.job.ts' }, 'npx queue why --project=runner --file='],
    [{ package: 'not a name' }, 'is not the name of a package'],
    [{ file: '/etc/hosts' }, 'outside of the workspace'],
    [{ file: 'apps/runner' }, 'is a folder'],
  ])('%j', async (options: WhyOptions, sentence) => {
    const { success, output, errors } = await why(options);

    expect(success).toBe(false);
    expect(output).toBe('');
    expect(errors).toContain(sentence);
    expect(errors).not.toContain('    at ');
  });

  it('so does an application that was never built', async () => {
    const { success, errors } = await why({ package: 'other-pkg' }, 'other');

    expect(success).toBe(false);
    expect(errors).toBe('"other" has not been built yet. Run: npx nx build other\n');
  });
});
