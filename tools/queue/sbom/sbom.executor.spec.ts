import { stop as stopEsbuild } from 'esbuild';
import { runExecutor } from '../testing/run-executor';
import { WorkerFixture } from '../testing/worker-fixture';
import sbomExecutor from './sbom.executor';

interface Bom {
  specVersion: string;
  metadata: { component: { name: string } };
  components: { name: string; version: string; purl: string; properties: { value: string }[] }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

let fixture: WorkerFixture;
beforeAll(async () => {
  fixture = new WorkerFixture();
  await fixture.build();
});
afterAll(async () => {
  fixture.remove();
  await stopEsbuild();
});

async function sbom(output?: string): Promise<{ said: string; bom: Bom }> {
  const { workspace, graph } = fixture;
  const { output: said } = await runExecutor(sbomExecutor, output === undefined ? {} : { output }, {
    root: workspace.root,
    projectName: 'runner',
    projectGraph: graph,
  });
  const file = output ?? 'dist/reports/runner/bom.cdx.json';
  return { said, bom: workspace.readJson(file) as Bom };
}

it('lists the packages of the bundle and those that are installed beside it, and none that is not shipped', async () => {
  const { said, bom } = await sbom();

  expect(said).toBe(
    'Wrote dist/reports/runner/bom.cdx.json: 3 packages in the bundle, 1 installed beside it.\n',
  );
  expect(bom.metadata.component.name).toBe('runner');
  const listed = bom.components.map(({ name, purl, properties }) => [
    name,
    purl,
    properties[0]?.value,
  ]);
  expect(listed).toEqual([
    ['native-thing', 'pkg:npm/native-thing@1.0.0', 'installed'],
    ['shared-pkg', 'pkg:npm/shared-pkg@1.0.0', 'bundled'],
    ['start-pkg', 'pkg:npm/start-pkg@1.0.0', 'bundled'],
    ['texts-pkg', 'pkg:npm/texts-pkg@1.0.0', 'bundled'],
  ]);
});

it('says which of them the application uses, and writes where it is told to', async () => {
  const { bom } = await sbom('dist/runner.cdx.json');

  const { dependsOn } = bom.dependencies.find(({ ref }) => ref === 'runner') ?? {};
  expect(dependsOn).toEqual([
    'node_modules/native-thing',
    'node_modules/shared-pkg',
    'node_modules/start-pkg',
    'node_modules/texts-pkg',
  ]);
});

it('is the same text for the same build', async () => {
  const { bom } = await sbom();
  expect((await sbom()).bom).toEqual(bom);
});
