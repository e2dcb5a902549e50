import { stop as stopEsbuild } from 'esbuild';
import { WorkerFixture } from '../testing/worker-fixture';
import { buildInputs } from './build-inputs';
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
  const { workspace, graph } = fixture;
  const { root } = workspace;
  const report = readBuildReport(root, 'runner');
  const now = (): string => buildInputs(root, 'runner', report.graph);
  expect(report.inputs).toBe(buildInputs(root, 'runner', graph));
  expect(now()).toBe(report.inputs);

  workspace.write({ 'libs/jobs/src/texts.job.spec.ts': '// A test is in no bundle.' });
  workspace.write({ 'apps/other/src/main.ts': '// Nor is another application.' });
  expect(now()).toBe(report.inputs);

  workspace.write({ 'libs/runtime/src/added.ts': 'export const added = 1;' });
  const added = now();
  expect(added).not.toBe(report.inputs);
  workspace.write({ 'libs/runtime/src/added.ts': 'export const added = 2;' });
  expect(now()).not.toBe(added);
});
