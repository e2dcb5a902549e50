import { stop as stopEsbuild } from 'esbuild';
import { buildApp } from '../builder/build-app';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import { WorkerFixture } from '../testing/worker-fixture';
import type { BuildReport } from '../record/build-record';
import { readBuildReport } from '../record/build-record';
import type { BundleMap } from './bundle-map';
import { readBuiltApp } from '../record/built-app';
import { installedSize } from './installed-size';
import { mapBundle } from './map-bundle';

let fixture: WorkerFixture;
let report: BuildReport;
let map: BundleMap;
beforeAll(async () => {
  fixture = new WorkerFixture();
  await fixture.build();
  const { root } = fixture.workspace;
  const app = readBuiltApp(root, 'runner');
  report = readBuildReport(root, 'runner');
  map = mapBundle(
    app,
    report.external.map((found) => installedSize(root, found)),
  );
});
afterAll(async () => {
  fixture.remove();
  await stopEsbuild();
});

function sumOf(counted: readonly { bytes: number }[]): number {
  return counted.reduce((sum, { bytes }) => sum + bytes, 0);
}

function namesIn(label: string): string[] {
  const group = map.groups.find((candidate) => candidate.label === label);
  return (group?.contents ?? []).map(({ name }) => name);
}

function part(name: string) {
  return map.parts.find((candidate) => candidate.name === name);
}

describe('the map of a bundle', () => {
  it('has every byte of the JavaScript files exactly once, at each level', () => {
    const written = Object.entries(report.metafile.outputs)
      .filter(([path]) => path.endsWith('.js'))
      .map(([, output]) => output);

    expect(map.bytes).toBe(sumOf(written));
    expect(sumOf(map.groups)).toBe(map.bytes);
    for (const group of map.groups) {
      expect(sumOf(group.contents)).toBe(group.bytes);
      for (const content of group.contents) expect(sumOf(content.files)).toBe(content.bytes);
    }
  });

  it('tells what only one processor loads from what several share and every process loads', () => {
    expect(namesIn('Every process')).toEqual(expect.arrayContaining(['start-pkg', 'runner']));
    expect(namesIn('texts')).toEqual(expect.arrayContaining(['texts-pkg', 'runner']));
    expect(namesIn('Shared: pictures, texts')).toEqual(
      expect.arrayContaining(['shared-pkg', 'runtime']),
    );
    expect(namesIn('pictures')).not.toContain('shared-pkg');
  });

  it('shows what only sandboxes load, and what a sandbox starts with', () => {
    expect(namesIn('Sandboxes of isolated processors')).toEqual(expect.arrayContaining(['runner']));
    expect(namesIn('Sandboxes of isolated processors')).not.toContain('start-pkg');
    const { outputs } = report.metafile;
    const [, sandbox] = Object.entries(outputs).find(([path]) => path.endsWith('sandbox.js')) ?? [];
    const shared = (sandbox?.imports ?? []).filter(({ kind }) => kind === 'import-statement');
    const bytes = shared.map(({ path }) => outputs[path]?.bytes ?? 0);
    expect(shared.length).toBeGreaterThan(0);
    expect(part('sandbox')?.loads).toBe(
      (sandbox?.bytes ?? 0) + bytes.reduce((sum, each) => sum + each, 0),
    );
  });

  it('tells how a processor is isolated', () => {
    expect(part('pictures')?.isolation).toBe('process');
    expect(part('texts')).not.toHaveProperty('isolation');
  });

  it('adds up what a process loads that runs one processor only', () => {
    const bytesOf = (label: string) =>
      map.groups.find((group) => group.label === label)?.bytes ?? 0;

    expect(part('texts')?.loads).toBe(
      bytesOf('Every process') + bytesOf('Shared: pictures, texts') + bytesOf('texts'),
    );
    expect(part('main')?.loads).toBe(bytesOf('Every process'));
    expect(part('texts')?.shared).toBe(bytesOf('Shared: pictures, texts'));
  });

  it('names the packages that are a processor’s own', () => {
    expect(part('texts')?.packages.map(({ name }) => name)).toEqual(['texts-pkg']);
    expect(part('pictures')?.packages).toEqual([]);
  });

  it('names the packages beside the bundle, who imports them, and what they take on the disk', () => {
    expect(part('pictures')?.external).toEqual(['native-thing']);
    expect(part('texts')?.external).toEqual([]);
    expect(map.external).toEqual([
      expect.objectContaining({ name: 'native-thing', version: '1.0.0' }),
    ]);
    expect(map.external[0]?.bytes).toBeGreaterThan(5_000);
  });

  it('shows what the project graph allows and the bundle leaves out', () => {
    expect(map.leftOut).toEqual({
      projects: ['unused-lib'],
      packages: [{ name: 'unused-pkg', usedBy: ['unused-lib'] }],
    });
  });
});

describe('the map of a bundle whose jobs are named as its entries', () => {
  let named: WorkerFixture;
  beforeAll(async () => {
    named = new WorkerFixture();
    for (const job of ['main', 'sandbox']) {
      named.workspace.write({
        [`libs/jobs/src/${job}.job.ts`]: `
import { defineJob } from '@acme/runtime';
export const ${job}Job = defineJob({ name: '${job}' });
`,
        [`apps/runner/src/processors/${job}/${job}.processor.ts`]: `
import { JobProcessor } from '@acme/runtime/consumer';
import { ${job}Job } from '@acme/jobs/${job}';
@JobProcessor(${job}Job)
export class NamedProcessor {
  handle() {
    return '${job.repeat(100)}';
  }
}
`,
      });
    }
    named.workspace.write({
      'apps/runner/src/processors.generated.ts': `
export const processors = {
  'main': () => import('./processors/main/main.processor'),
  'pictures': () => import('./processors/pictures/pictures.processor'),
  'sandbox': () => import('./processors/sandbox/sandbox.processor'),
  'texts': () => import('./processors/texts/texts.processor'),
};
`,
    });
    await named.build();
  });
  afterAll(() => {
    named.remove();
  });

  it('tells them apart', () => {
    const { parts } = mapBundle(readBuiltApp(named.workspace.root, 'runner'), []);
    expect(parts.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'start main.ts',
      'sandbox sandbox.ts',
      'processor main',
      'processor pictures',
      'processor sandbox',
      'processor texts',
    ]);
    const [start, , main] = parts;
    expect(main?.ownCode).toBeGreaterThan(400);
    expect(main?.loads).toBeGreaterThan((start?.loads ?? 0) + 400);
  });
});

describe('an application whose entry waits for the rest of it', () => {
  it('loads that at its start, and nothing that a function imports', async () => {
    const workspace = new FixtureWorkspace({
      'apps/app/src/main.ts': `const { start } = await import('./start'); await start();`,
      'apps/app/src/start.ts': `import './early'; export const start = () => import('./late');`,
      'apps/app/src/early.ts': `console.log('early');`,
      'apps/app/src/late.ts': `console.log('late');`,
    });
    try {
      const graph = projectGraph({ app: { root: 'apps/app' } });
      await buildApp(workspace.settings('app', 'apps/app'), graph);
      const { groups } = mapBundle(readBuiltApp(workspace.root, 'app'), []);
      const files = groups.map(({ kind, contents }) => [
        kind,
        contents.flatMap((content) => content.files.map(({ path }) => path)).sort(),
      ]);
      expect(Object.fromEntries(files)).toMatchObject({
        start: expect.arrayContaining(['src/early.ts', 'src/start.ts']) as unknown,
        'on-demand': expect.arrayContaining(['src/late.ts']) as unknown,
      });
    } finally {
      workspace.remove();
    }
  });
});
