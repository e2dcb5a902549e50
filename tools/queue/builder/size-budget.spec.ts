import { stop as stopEsbuild } from 'esbuild';
import { readBuildReport } from '../record/build-record';
import { WorkerFixture } from '../testing/worker-fixture';
import { SizeBudgetError } from './size-budget';

describe('the size budget of an application', () => {
  let fixture: WorkerFixture;
  beforeEach(() => {
    fixture = new WorkerFixture();
  });
  afterEach(() => {
    fixture.remove();
  });
  afterAll(() => stopEsbuild());

  async function failure(options: { maxSize?: string; maxStartSize?: string }): Promise<string> {
    const error = await fixture.build(options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SizeBudgetError);
    return (error as SizeBudgetError).message;
  }

  it('fails the build of a larger one with its size, the limit, the largest contents and the command to look', async () => {
    const message = await failure({ maxSize: '4 kB' });

    expect(message).toMatch(
      /^The bundle of "runner" has [\d.]+ kB, which is more than the 4\.00 kB of "maxSize" allow: the largest contents are (?:[\w-]+ [\d.]+ kB(?:, )?){3}\.$/m,
    );
    expect(message).toContain('npx queue report --project=runner');
    expect(fixture.workspace.has('dist/apps/runner')).toBe(false);
  });

  it('names what has grown since the last build within it, as often as it fails, and keeps that build', async () => {
    await fixture.build({ maxSize: '100 kB', maxStartSize: '100 kB' });
    const { sizes } = readBuildReport(fixture.workspace.root, 'runner');
    const limit = (sizes?.start ?? 0) + 1_000;
    const main = 'apps/runner/src/main.ts';
    const text = fixture.workspace.read(main);
    const before = fixture.workspace.read('dist/apps/runner/main.js');
    fixture.workspace.write({
      [main]: `import texts from 'texts-pkg';\nconsole.log(texts);\n${text}`,
    });

    for (let build = 0; build < 2; build += 1) {
      const message = await failure({ maxStartSize: `${limit} B` });
      expect(message).toMatch(
        /^"runner" reads at its start .+ kB, which is more than the .+ kB of "maxStartSize" allow: since the last build within its limits grew texts-pkg \+1\.\d\d kB \(new\), runner \+\d+ B\.$/m,
      );
    }
    expect(fixture.workspace.read('dist/apps/runner/main.js')).toBe(before);
    // What is too large is what the report shows.
    const report = readBuildReport(fixture.workspace.root, 'runner');
    expect(report.metafile.outputs['dist/apps/runner/main.js']?.bytes).not.toBe(before.length);
    expect(report.sizes).toEqual(sizes);

    fixture.workspace.write({ [main]: text });
    await fixture.build({ maxStartSize: `${limit} B` });
  });

  it('that is no size is a sentence', async () => {
    await expect(async () => fixture.build({ maxSize: '6' })).rejects.toThrow(
      '"runner" cannot be bundled: "maxSize" in the options of its build target is "6", which is no size. ' +
        'Write a number and a unit, B, kB, MB or GB: "6 MB".',
    );
  });
});
