import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@libs/testing';
import { buildPackage } from './build-package';
import { type Consumer, linkedConsumer } from './consumer/consumer';
import { makeNxWorkspace } from './consumer/nx-workspace';
import { compileShop, runShop } from './consumer/shop';
import { moduleNames } from './module-names';
import { npmPack, type PackedPackage } from './npm-pack';
import type { Manifest } from './package-manifest';
import { type PackageProject, PLUGIN, RUNTIME } from './packages';

const WORKSPACE = join(__dirname, '../../..');

interface BuiltPackage extends PackedPackage {
  readonly manifest: Manifest & { readonly exports?: object };
  /** The file of that name in it. */
  readonly read: (path: string) => string;
}

describe('the packages', () => {
  let folder: string;
  let runtime: BuiltPackage;
  let plugin: BuiltPackage;
  let consumer: Consumer;
  let database: TestDatabase;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'packages-'));
    runtime = await build(RUNTIME);
    plugin = await build(PLUGIN);
    // `nx` is there in every workspace that has the plugin.
    consumer = await linkedConsumer([runtime, plugin], ['nx']);
    database = await createTestDatabase();
  });

  afterAll(async () => {
    consumer.remove();
    rmSync(folder, { recursive: true, force: true });
    await database.drop();
  });

  async function build(project: PackageProject): Promise<BuiltPackage> {
    const built = join(folder, project.name);
    const manifest = await buildPackage(WORKSPACE, project, built);
    const read = (path: string) => readFileSync(join(built, path), 'utf8');
    return { manifest, read, ...npmPack(built, folder) };
  }

  it('have an entry for each import path that the workspace has', () => {
    const text = readFileSync(join(WORKSPACE, 'tsconfig.base.json'), 'utf8');
    const { paths } = (JSON.parse(text) as { compilerOptions: { paths: object } }).compilerOptions;
    const entriesBelow = (name: string) =>
      Object.keys(paths)
        .filter((path) => path === name || path.startsWith(`${name}/`))
        .map((path) => path.replace(name, '.'));
    expect(Object.keys(runtime.manifest.exports ?? {}).sort()).toEqual(
      [
        ...entriesBelow('@libs/queue'),
        './health',
        './health/early-signal',
        './package.json',
      ].sort(),
    );
    // Its folder is the plugin for Nx, and nothing to import.
    expect(['.', ...Object.keys(plugin.manifest.exports ?? {})].sort()).toEqual(
      [...entriesBelow('@tools/queue'), './package.json'].sort(),
    );
  });

  it('contain compiled files, their source maps, a README and the licence, and no source or test', () => {
    const files = ['LICENSE', 'README.md', 'package.json'];
    expect(runtime.files).toEqual(
      expect.arrayContaining([...files, 'queue/src/index.d.ts', 'queue/src/index.js.map']),
    );
    expect(plugin.files).toEqual(
      expect.arrayContaining([...files, 'executors.json', 'generators.json', 'bin/queue.cjs']),
    );
    const others = /\.spec\.|(?<!\.d)\.ts$|\/testing\/testing\//;
    const own = [...runtime.files, ...plugin.files].filter((path) => !path.endsWith('.template'));
    expect(own.filter((path) => others.test(path))).toEqual([]);
  });

  it('import nothing by a path that only this workspace knows', () => {
    const named = [runtime, plugin].flatMap(({ files, read }) =>
      files
        .filter((path) => /\.(?:c?js|d\.ts)$/.test(path))
        .flatMap((path) => moduleNames(read(path))),
    );
    expect(named.length).toBeGreaterThan(1_000);
    expect(named.filter((name) => /^@(?:libs|tools)\//.test(name))).toEqual([]);
  });

  it('the plugin offers only what is in it', () => {
    const { executors } = JSON.parse(plugin.read('executors.json')) as {
      executors: Record<string, { implementation: string; schema: string }>;
    };
    const { generators } = JSON.parse(plugin.read('generators.json')) as {
      generators: Record<string, { factory: string; schema: string }>;
    };
    expect(Object.keys(generators)).toEqual([
      'init',
      'preset',
      'processor',
      'job',
      'move',
      'rename',
      'convert',
      'remove',
      'worker',
      'remove-worker',
      'kubernetes',
      'sync',
    ]);
    const { generators: migrations } = JSON.parse(plugin.read('migrations.json')) as {
      generators: Record<string, { factory: string }>;
    };
    expect(Object.keys(migrations)).not.toEqual([]);
    const offered = [
      ...Object.values(migrations).map(({ factory }) => `${factory}.js`),
      ...Object.values(executors).flatMap(({ implementation, schema }) => [
        `${implementation}.js`,
        schema,
      ]),
      ...Object.values(generators).flatMap(({ factory, schema }) => [
        factory.endsWith('.cjs') ? factory : `${factory}.js`,
        schema,
      ]),
    ].map((path) => path.replace('./', ''));
    expect(offered.filter((path) => !plugin.files.includes(path))).toEqual([]);
  });

  it('add a job and run it in a Nest application of CommonJS and of ES modules, with nothing but their peers', async () => {
    await compileShop(consumer, runtime.read('README.md'), { skipLibCheck: true });
    const done = {
      state: 'completed',
      text: 'Hello Ada',
      isApart: false,
      checks: { queue: 'up', workers: 'up' },
      loaded: ['function', 'function', 'object', 'function'],
    };
    expect(await runShop(consumer, database.url)).toEqual([done, done]);
  });

  it('add a job to another Nx workspace, and its commands have the contract', async () => {
    expect(makeNxWorkspace(consumer, plugin.read('README.md'))).toEqual([
      'apps/worker/project.json',
      'apps/worker/src/main.ts',
      'apps/worker/tsconfig.json',
      'libs/jobs/project.json',
      'nx.json',
      'tsconfig.base.json',
    ]);
    expect(JSON.parse(await consumer.node('generate.cjs', 'email'))).toEqual([
      'apps/worker/src/processors.generated.ts',
      'apps/worker/src/processors/email/email.processor.spec.ts',
      'apps/worker/src/processors/email/email.processor.ts',
      'libs/jobs/src/email.job.ts',
    ]);
    const command = 'node_modules/nx-job-queue/bin/queue.cjs';
    const env = { QUEUE_URL: database.url };
    const data = '--data={"id":"1"}';
    await consumer.nodeWith(env, command, 'enqueue', '--job=email', data);
    expect(JSON.parse(await consumer.nodeWith(env, command, 'queues', '--json'))).toMatchObject([
      { queue: 'email', waiting: 1 },
    ]);
    await expect(
      consumer.nodeWith(env, command, 'enqueue', '--job=email', '--data={"id":1}'),
    ).rejects.toThrow('id');
  });
});
