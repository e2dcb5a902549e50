import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  addProjectConfiguration,
  readJson,
  readProjectConfiguration,
  type Tree,
  updateJson,
  updateProjectConfiguration,
  writeJson,
} from '@nx/devkit';
import { subset } from 'semver';
import { nestTree, packagesTree } from '../../testing/nest-tree';
import { treeWorkspace } from '../plan/tree-workspace';
import processorGenerator from '../processor/processor';
import syncRegistries from '../sync/sync';
import workerGenerator from '../worker/worker';
import initGenerator from './init';
import type { InitOptions } from './init-options';
import { peersOf } from './packages';

const MODULE = 'apps/api/src/app/app.module.ts';

/** Prettier cannot be loaded inside Jest; that the output is formatted is seen in `nx run packages:init`. */
function init(tree: Tree, options: InitOptions = {}) {
  return initGenerator(tree, { skipFormat: true, ...options });
}

function textOf(tree: Tree, file: string): string {
  return tree.read(file, 'utf-8') ?? '';
}

/** What the whole tree says, by file. */
function texts(tree: Tree): Record<string, string> {
  return Object.fromEntries(tree.listChanges().map(({ path }) => [path, textOf(tree, path)]));
}

/** The ranges that the package of the runtime has. */
const { peerDependencies: RANGES } = JSON.parse(
  readFileSync(join(__dirname, '../../../../libs/queue/package.json'), 'utf8'),
) as { peerDependencies: Record<string, string> };

/** What it prints. Packages must be listed already, or it would install them. */
async function report(tree: Tree, options: InitOptions = {}): Promise<string> {
  const done = await init(tree, options);
  const printed = jest.spyOn(console, 'log').mockReturnValue();
  await done();
  return printed.mock.calls.flat().join('\n');
}

describe('nx g @tools/queue:init', () => {
  it('lists the runtime and what it needs in package.json, and keeps the versions that are there', async () => {
    const tree = nestTree();

    await init(tree);

    const { dependencies, devDependencies } = readJson<{
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    }>(tree, 'package.json');
    expect(dependencies).toMatchObject({
      'nest-job-queue': '0.1.0',
      bullmq: '~6.7.0',
      'reflect-metadata': '^0.2.0',
    });
    expect(devDependencies).toMatchObject({
      '@tools/queue': '0.1.0',
      '@nestjs/testing': '^11.0.0',
    });
  });

  it.each([
    ['^11.0.0', '^11.0.5', '^11.0.0'],
    ['~12.5.1', '^12.0.0', '^12.0.0'],
  ])(
    'lists what belongs to NestJS %s, within the ranges of the runtime',
    async (nest, bullmq, testing) => {
      const tree = nestTree({ nest });
      updateJson(tree, 'package.json', (manifest: object) => ({
        ...manifest,
        devDependencies: {},
      }));

      await init(tree);

      expect(readJson(tree, 'package.json')).toMatchObject({
        dependencies: { '@nestjs/bullmq': bullmq },
        devDependencies: { '@nestjs/testing': testing },
      });
      const [major = ''] = /\d+/.exec(nest) ?? [];
      for (const [name, range] of Object.entries(peersOf(Number(major)))) {
        expect([name, subset(range, RANGES[name] ?? '')]).toEqual([name, true]);
      }
    },
  );

  it('imports the queues in the root module of the api, as a person would', async () => {
    const tree = nestTree();

    await init(tree);

    expect(textOf(tree, MODULE)).toBe(`import { Module } from '@nestjs/common';
import { AppController } from './app.controller';
import { QueueModule } from 'nest-job-queue';
import { queueStore } from './queue-store';

@Module({
  imports: [QueueModule.forRootAsync({ useFactory: queueStore })],
  controllers: [AppController],
})
export class AppModule {}
`);
    expect(textOf(tree, 'apps/api/src/app/queue-store.ts')).toContain("applicationName: 'api'");
  });

  it('adds to lists of every style, and leaves to a person what it cannot read', async () => {
    const list = (imports: string) =>
      `import { Module } from "@nestjs/common"\n\n@Module({${imports}})\nexport class AppModule {}\n`;
    const added = async (imports: string) => {
      const tree = nestTree();
      tree.write(MODULE, list(imports));
      await init(tree);
      return textOf(tree, MODULE);
    };
    const queue = 'QueueModule.forRootAsync({ useFactory: queueStore })';
    expect(await added('')).toContain(`@Module({ imports: [${queue}] })`);
    expect(await added(' providers: [] ')).toContain(
      `@Module({ imports: [${queue}], providers: [] })`,
    );
    expect(await added('imports: [A, B,]')).toContain(`imports: [A, B, ${queue},]`);
    expect(await added('imports: [\n    A,\n    B,\n  ]')).toContain(`    B,\n    ${queue},\n  ]`);
    expect(await added('')).toContain('import { QueueModule } from "nest-job-queue"\n');
    expect(await added('imports: modules')).toBe(list('imports: modules'));

    const tree = nestTree();
    await init(tree, { api: 'none' });
    tree.write(MODULE, list('imports: modules'));
    expect(await report(tree)).toContain(`One step is left to you: ${MODULE}`);
  });

  it('says how a row and its job are one transaction of the library that the api uses', async () => {
    const withPeers = (dependencies: object) => ({
      ...peersOf(11),
      'nest-job-queue': '0.1.0',
      ...dependencies,
    });
    const tree = nestTree();
    updateJson(tree, 'package.json', (manifest: object) => ({
      ...manifest,
      dependencies: withPeers({ '@nestjs/common': '^11.0.0', '@prisma/client': '^7.0.0' }),
      devDependencies: { '@nestjs/testing': '^11.0.0', '@tools/queue': '0.1.0' },
    }));
    writeJson(tree, 'apps/api/package.json', { dependencies: { knex: '^3.0.0' } });

    const printed = await report(tree);
    expect(printed).toContain(`A row and its job in one transaction of Prisma on PostgreSQL:
  await prisma.$transaction(async (tx) => {
    // … write the row
    await emailJobs.add(data, { manager: fromPrisma(tx) }); // import { fromPrisma } from 'nest-job-queue'
  });
`);
    expect(printed).toContain('manager: fromKnex(trx)');
    expect(printed).not.toMatch(/TypeORM|Drizzle/);
  });

  it('writes a library of contracts and a worker, to which jobs can be added at once', async () => {
    const tree = nestTree();

    await init(tree);

    expect(readProjectConfiguration(tree, 'jobs')).toMatchObject({
      root: 'libs/jobs',
      tags: ['queue:jobs'],
    });
    expect(readJson(tree, 'tsconfig.base.json')).toMatchObject({
      compilerOptions: { paths: { '@acme/jobs/*': ['./libs/jobs/src/*.job.ts'] } },
    });
    expect(readProjectConfiguration(tree, 'worker')).toMatchObject({
      root: 'apps/worker',
      tags: ['scope:shop', 'queue:worker'],
    });
    expect(syncRegistries(tree)).toBeUndefined();
    const own = ['nest-job-queue', 'zod', '@nestjs/', './', 'reflect-metadata'];
    const imported = tree
      .listChanges()
      .filter(({ path }) => path.startsWith('apps/worker/src/'))
      .flatMap(({ path }) => [...textOf(tree, path).matchAll(/(?:from|import) '([^']+)'/g)])
      .map(([, name = '']) => name);
    expect(imported.filter((name) => !own.some((start) => name.startsWith(start)))).toEqual([]);

    await processorGenerator(tree, { name: 'email', skipFormat: true });

    expect(textOf(tree, 'apps/worker/src/processors.generated.ts')).toContain("'email': () =>");
    expect(textOf(tree, 'apps/worker/src/processors/email/email.processor.ts')).toContain(
      "from '@acme/jobs/email'",
    );
  });

  it('writes packages where projects are packages, and the references that nx sync would add', async () => {
    const tree = packagesTree();

    await init(tree);
    await processorGenerator(tree, { name: 'email', skipFormat: true });

    expect(readJson(tree, 'packages/jobs/package.json')).toMatchObject({
      name: '@acme/jobs',
      exports: { './*': { '@acme/source': './src/*.job.ts' } },
      nx: { name: 'jobs', tags: ['queue:jobs'] },
    });
    expect(readJson(tree, 'packages/worker/package.json')).toMatchObject({
      name: '@acme/worker',
      dependencies: { '@acme/jobs': '*' },
      nx: { name: 'worker', projectType: 'application', tags: ['queue:worker'] },
    });
    expect(readJson(tree, 'packages/api/package.json')).toMatchObject({
      dependencies: { '@acme/jobs': '*' },
    });
    const references = (file: string) =>
      readJson<{ references: { path: string }[] }>(tree, file).references.map(({ path }) => path);
    expect(references('tsconfig.json')).toEqual([
      './packages/api',
      './packages/jobs',
      './packages/worker',
    ]);
    const ofContracts = ['../jobs/tsconfig.lib.json'];
    expect(references('packages/api/tsconfig.app.json')).toEqual(ofContracts);
    expect(references('packages/worker/tsconfig.app.json')).toEqual(ofContracts);
    expect(tree.exists('packages/worker/.spec.swcrc')).toBe(true);
    expect(textOf(tree, 'packages/jobs/src/email.job.ts')).toContain("name: 'email'");
    expect(textOf(tree, 'packages/worker/src/processors/email/email.processor.ts')).toContain(
      "from '@acme/jobs/email'",
    );
    const before = texts(tree);
    await init(tree);
    expect(texts(tree)).toEqual(before);
  });

  it('tests the worker as the api is tested', async () => {
    const tree = nestTree();

    await init(tree, { worker: 'media' });

    expect(textOf(tree, 'apps/media/jest.config.cjs')).toBe(
      textOf(tree, 'apps/api/jest.config.cts').replaceAll('api', 'media'),
    );
    expect(readJson(tree, 'apps/media/tsconfig.spec.json')).toEqual({
      extends: './tsconfig.json',
      compilerOptions: { noEmit: false, module: 'commonjs', types: ['jest', 'node'] },
    });
    expect(readJson(tree, 'apps/media/tsconfig.json')).toMatchObject({
      compilerOptions: { types: ['node', 'jest'] },
    });
  });

  it('declares the checks of worker and contracts as those of the api are declared, with their paths', async () => {
    const tree = nestTree();
    updateProjectConfiguration(tree, 'api', {
      ...readProjectConfiguration(tree, 'api'),
      targets: {
        build: { command: 'webpack' },
        lint: { executor: '@nx/eslint:lint', options: { lintFilePatterns: ['apps/api/**/*.ts'] } },
        test: {
          executor: '@nx/jest:jest',
          outputs: ['{workspaceRoot}/coverage/apps/api'],
          options: { jestConfig: 'apps/api/jest.config.cts' },
        },
      },
    });
    tree.write(
      'apps/api/eslint.config.cjs',
      "module.exports = [{ languageOptions: { parserOptions: { project: ['apps/api/tsconfig.*?.json'] } } }];",
    );

    await init(tree);

    expect(readProjectConfiguration(tree, 'worker').targets).toMatchObject({
      lint: { options: { lintFilePatterns: ['apps/worker/**/*.ts'] } },
      test: {
        outputs: ['{workspaceRoot}/coverage/apps/worker'],
        options: { jestConfig: 'apps/worker/jest.config.cjs' },
      },
    });
    expect(readProjectConfiguration(tree, 'jobs').targets).toEqual({
      lint: { executor: '@nx/eslint:lint', options: { lintFilePatterns: ['libs/jobs/**/*.ts'] } },
    });
    expect(textOf(tree, 'apps/worker/eslint.config.cjs')).toContain(
      "project: ['apps/worker/tsconfig.json', 'apps/worker/tsconfig.spec.json']",
    );
    expect(textOf(tree, 'libs/jobs/eslint.config.cjs')).toContain(
      "project: ['libs/jobs/tsconfig.json']",
    );
  });

  it('has an import path like those that are there, where the package of the workspace has no scope', async () => {
    const tree = nestTree();
    updateJson(tree, 'package.json', (manifest: object) => ({ ...manifest, name: 'shop' }));
    writeJson(tree, 'tsconfig.base.json', {
      compilerOptions: { paths: { '@other/x': [], '@shop/api/*': [], '@shop/ui': [], '~/*': [] } },
    });

    await init(tree);

    expect(readJson(tree, 'tsconfig.base.json')).toHaveProperty([
      'compilerOptions',
      'paths',
      '@shop/jobs/*',
    ]);
  });

  it('leaves the root module to a person if it cannot be found, and writes what it will need', async () => {
    const tree = nestTree();
    tree.write(
      'apps/api/src/main.ts',
      'export { run } from "./run"; // NestFactory.create(module())',
    );
    await init(tree, { worker: 'none', api: 'none' });

    const printed = await report(tree);

    expect(printed).toContain('the root module of "api" was not found. Add to its imports:');
    expect(printed).toContain('queueStore from apps/api/src/queue-store.ts');
    expect(textOf(tree, 'apps/api/src/queue-store.ts')).toContain("applicationName: 'api'");
    expect(await report(tree)).toContain('Nothing was changed.');
  });

  it('connects no application again that a module of its own connects', async () => {
    const tree = nestTree();
    const file = 'apps/api/src/app/queues.module.ts';
    tree.write(
      file,
      "import { QueueModule } from 'nest-job-queue';\nexport const queues = QueueModule.forRoot({ url: '' });\n",
    );
    const before = textOf(tree, MODULE);
    await init(tree, { api: 'none' });

    expect(await report(tree)).toContain(`"api" has the queues already, in ${file}.`);
    expect(textOf(tree, MODULE)).toBe(before);
  });

  it('lets an api that comes later depend on contracts which are packages', async () => {
    const tree = packagesTree();
    await init(tree, { api: 'none' });

    await init(tree, { api: '@acme/api' });

    expect(readJson(tree, 'packages/api/package.json')).toMatchObject({
      dependencies: { '@acme/jobs': '*' },
    });
  });

  it('tests no worker as an application at the root of the workspace, whose paths are others', async () => {
    const tree = nestTree({ apps: [] });
    addProjectConfiguration(tree, 'shop', { root: '.', projectType: 'application' });
    tree.write('src/main.ts', textOf(nestTree(), 'apps/api/src/main.ts'));
    tree.write('src/app/app.module.ts', textOf(nestTree(), MODULE));
    tree.write('jest.config.cts', "module.exports = { preset: './jest.preset.js' };");

    await init(tree);

    expect(textOf(tree, 'src/app/app.module.ts')).toContain('QueueModule.forRootAsync');
    expect(tree.exists('worker/src/main.ts')).toBe(true);
    expect(tree.exists('worker/jest.config.cjs')).toBe(false);
  });

  it('adds the plugin to nx.json and the rules to ESLint, and touches nothing else there', async () => {
    const tree = nestTree();

    await init(tree);

    const nxJson = textOf(tree, 'nx.json');
    expect(nxJson).toContain('// Ours.');
    expect(nxJson).toContain('"buildTargetName": "build"');
    expect(readJson(tree, 'nx.json')).toMatchObject({
      plugins: [{ plugin: '@nx/webpack/plugin' }, '@tools/queue/targets'],
      sync: { globalGenerators: ['@tools/queue:sync'] },
      targetDefaults: { '@tools/queue:build': { inputs: ['production', '^production'] } },
    });
    const eslint = textOf(tree, 'eslint.config.mjs');
    expect(eslint).toContain("import queue from '@tools/queue/eslint';\nimport nx from");
    expect(eslint).toMatch(/ {4}\},\n {2}queue\.configs\.recommended\n\];/);
  });

  it('changes nothing when it is run again, and says so', async () => {
    const tree = nestTree();
    await init(tree);
    await processorGenerator(tree, { name: 'email', skipFormat: true });
    const before = texts(tree);

    expect(await report(tree)).toContain('set up already. Nothing was changed.');
    expect(await report(tree, { api: 'api', worker: 'worker' })).toContain('Nothing was changed.');

    expect(texts(tree)).toEqual(before);
  });

  it('leaves out what is not wanted', async () => {
    const tree = nestTree();
    const before = textOf(tree, MODULE);

    await init(tree, { api: 'none', worker: 'none', jobs: 'job-contracts' });

    expect(textOf(tree, MODULE)).toBe(before);
    expect(treeWorkspace(tree)).toMatchObject({
      workers: [],
      contractProjects: [{ name: 'job-contracts', root: 'libs/job-contracts' }],
    });
    // A second worker needs no library of this workspace, and is like the first.
    await workerGenerator(tree, { name: 'media', skipFormat: true });
    await workerGenerator(tree, { name: 'mail', skipFormat: true });
    expect(textOf(tree, 'apps/mail/src/worker.ts')).toContain("name: 'mail', port: 3002");
    expect(textOf(tree, 'apps/mail/src/config.ts')).toContain('MAIL_PROCESSORS');
  });

  it.each([
    [
      'says which applications there are',
      { apps: ['admin', 'api'] },
      {},
      /admin, api.*--api=admin/,
    ],
    [
      'knows the application',
      {},
      { api: 'apo' },
      /"apo" is no Nest application.*Did you mean "api"/,
    ],
    [
      'has the version of Nest',
      { nest: '^10.4.0' },
      {},
      /\^10\.4\.0, and @tools\/queue sets up workspaces of version 11 or 12/,
    ],
    ['has a free name', {}, { worker: 'api' }, /this workspace has a project "api"/],
    ['has a free folder', {}, { jobs: 'api' }, /cannot be called "api"/],
    [
      'has a name that is no path',
      {},
      { jobs: '../jobs' },
      /cannot be called "\.\.\/jobs".*--jobs=/,
    ],
    [
      'has a worker with a free name',
      { apps: ['api', 'worker'] },
      { api: 'api' },
      /a project "worker" already.*--worker=job-worker/,
    ],
  ])(
    'asks no one without a terminal, and %s in one sentence, or writes nothing',
    async (_, workspace, options, reason) => {
      const tree = nestTree(workspace);
      await expect(init(tree, options)).rejects.toThrow(reason);
      await expect(init(tree, options)).rejects.toThrow(/Nothing was written/);
    },
  );
});
