import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import { WorkerFixture } from '../testing/worker-fixture';
import { hasSameInputs } from './build-inputs';
import { readBuildReport } from './build-record';

let fixture: WorkerFixture;
beforeAll(async () => {
  fixture = new WorkerFixture();
  await fixture.build();
});
afterAll(async () => {
  fixture.remove();
  await stopEsbuild();
});

it('a build writes down what it was made from, and the answers to "why" are those of it until that changes', () => {
  const { root } = fixture.workspace;
  const report = readBuildReport(root, 'runner');
  const isSame = (): boolean => hasSameInputs(root, report.inputs);
  expect(isSame()).toBe(true);

  fixture.workspace.write({
    'apps/other/src/main.ts': '// Nor is another application.',
    'libs/runtime/src/added.spec.ts': '// Nor is a test.',
  });
  const source = join(root, 'apps/runner/src/main.ts');
  utimesSync(source, new Date(), new Date());
  expect(isSame()).toBe(true);

  fixture.workspace.write({ 'libs/runtime/src/added.ts': 'export const added = 1;' });
  expect(isSame()).toBe(false);
  rmSync(join(root, 'libs/runtime/src/added.ts'));
  expect(isSame()).toBe(true);
  // Of the same size.
  writeFileSync(source, readFileSync(source, 'utf8').replace('log', 'gol'));
  expect(isSame()).toBe(false);
});
