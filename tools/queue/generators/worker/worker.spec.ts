import { readProjectConfiguration, type Tree, updateProjectConfiguration } from '@nx/devkit';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { queueTree } from '../../testing/queue-tree';
import processorGenerator from '../processor/processor';
import syncRegistries from '../sync/sync';
import workerGenerator from './worker';
import type { WorkerOptions } from './worker-options';

/** Prettier cannot be loaded inside Jest; that the output is formatted is seen in the e2e tests. */
function generate(tree: Tree, options: Partial<WorkerOptions> = {}) {
  return workerGenerator(tree, { name: 'media', skipFormat: true, ...options });
}

function textOf(tree: Tree, file: string): string {
  return tree.read(file, 'utf-8') ?? '';
}

function pathsOf(tree: Tree): string[] {
  return tree.listChanges().map(({ path }) => path);
}

/** A workspace whose worker says which port it has. */
function treeWithWorker(): Tree {
  const tree = queueTree();
  tree.write(
    'services/jobs-runner/code/worker.ts',
    "export const worker = { name: 'jobs-runner', port: 4_001, processors };",
  );
  syncRegistries(tree);
  return tree;
}

const MEDIA = 'services/media';

describe('nx g @tools/queue:worker', () => {
  it('writes an application beside the first worker, with its registry, and nothing else', async () => {
    const tree = treeWithWorker();
    const before = pathsOf(tree);

    await generate(tree);

    expect(
      pathsOf(tree)
        .filter((path) => !before.includes(path))
        .sort(),
    ).toEqual(
      [
        'jest.config.cjs',
        'project.json',
        'src/main.ts',
        'src/processors.generated.ts',
        'src/sandbox.ts',
        'src/worker.spec.ts',
        'src/worker.ts',
        'tsconfig.json',
      ].map((file) => `${MEDIA}/${file}`),
    );
    expect(textOf(tree, `${MEDIA}/src/main.ts`)).toContain(
      "import('@acme/bootstrap/start-worker')",
    );
    expect(textOf(tree, `${MEDIA}/tsconfig.json`)).toContain('"../../tsconfig.base.json"');
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it('has the tags of the first worker, from which its targets are inferred, and its settings of Jest', async () => {
    const tree = treeWithWorker();
    const first = readProjectConfiguration(tree, 'jobs-runner');
    updateProjectConfiguration(tree, 'jobs-runner', {
      ...first,
      tags: ['type:app', 'queue:worker'],
    });
    tree.write(
      'services/jobs-runner/jest.config.cjs',
      "module.exports = { displayName: 'jobs-runner', globalSetup: '../../setup.ts' };",
    );

    await generate(tree);

    expect(readProjectConfiguration(tree, 'media')).toMatchObject({
      projectType: 'application',
      sourceRoot: `${MEDIA}/src`,
      tags: ['type:app', 'queue:worker'],
    });
    expect(readProjectConfiguration(tree, 'media').targets ?? {}).toEqual({});
    expect(textOf(tree, `${MEDIA}/jest.config.cjs`)).toBe(
      "module.exports = { displayName: 'media', globalSetup: '../../setup.ts' };",
    );
  });

  it('serves its health on the port after those of the others, or on the one that is asked for', async () => {
    const tree = treeWithWorker();

    await generate(tree);
    await generate(tree, { name: 'MailSender', port: 4010, directory: 'apps/mail' });
    await generate(tree, { name: 'last' });

    expect(textOf(tree, `${MEDIA}/src/worker.ts`)).toContain("name: 'media', port: 4002,");
    expect(textOf(tree, 'apps/mail/src/worker.ts')).toContain("name: 'mail-sender', port: 4010,");
    expect(textOf(tree, 'services/last/src/worker.ts')).toContain("name: 'last', port: 4011,");
  });

  it('takes jobs, which the registries of the others do not list', async () => {
    const tree = treeWithWorker();
    await generate(tree);

    await processorGenerator(tree, { name: 'resize', worker: 'media', skipFormat: true });

    expect(textOf(tree, `${MEDIA}/src/processors.generated.ts`)).toContain(
      "'resize': () => import('./processors/resize/resize.processor'),",
    );
    expect(textOf(tree, 'services/jobs-runner/code/processors.generated.ts')).not.toContain(
      'resize',
    );
  });

  it('is run by the compose file, if that says where; nx sync keeps it in step', async () => {
    const tree = treeWithWorker();
    const compose = `x-worker: &worker
  environment: { URL: 'postgres://db' }
services:
  # generated: begin workers
  jobs-runner: { <<: *worker, build: dist/services/jobs-runner }
  gone: { <<: *worker, build: dist/services/gone }
  # generated: end workers
  db: { image: postgres }
`;
    tree.write('compose.yaml', compose);

    expect(syncRegistries(tree)?.outOfSyncDetails).toEqual(
      expect.arrayContaining([
        'compose.yaml:',
        '  removes  gone: { <<: *worker, build: dist/services/gone }',
      ]),
    );
    await generate(tree);

    const environment = { URL: 'postgres://db' };
    expect(load(textOf(tree, 'compose.yaml'), { schema: YAML11_SCHEMA })).toMatchObject({
      services: {
        'jobs-runner': { environment, build: 'dist/services/jobs-runner' },
        media: { environment, build: 'dist/services/media' },
        db: { image: 'postgres' },
      },
    });
    expect(textOf(tree, 'compose.yaml')).not.toContain('gone');
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it.each([
    [{ name: '' }, /it is empty/],
    [{ name: 'a b' }, /it contains a space/],
    [{ name: '../media' }, /it is a path; --directory takes one/],
    [{ name: '9lives' }, /letters, digits and single hyphens/],
    [{ name: 'é' }, /letters, digits and single hyphens/],
    [{ name: 'x'.repeat(41) }, /41 characters; the limit is 40/],
    [{ name: 'metrics' }, /every worker has a variable METRICS_HTTP/],
    [{ name: 'JobsRunner' }, /this workspace has a project "jobs-runner"/],
    [{ name: 'runtime' }, /this workspace has a project "runtime"/],
    [{ port: 4001 }, /"jobs-runner" has port 4001.*leave the option out for 4002/],
    [{ port: 0 }, /--port is 0, and must be/],
    [{ port: 70_000 }, /--port is 70000, and must be/],
    [{ directory: 'services/jobs-runner' }, /would overwrite these files/],
  ])('refuses %j in one sentence, and writes nothing', async (options, reason) => {
    const tree = treeWithWorker();
    tree.write('services/jobs-runner/src/main.ts', '');
    const before = pathsOf(tree);

    await expect(generate(tree, options)).rejects.toThrow(reason);
    await expect(generate(tree, options)).rejects.toThrow(/Nothing was written/);

    expect(pathsOf(tree)).toEqual(before);
  });

  it('says which tag is missing if no library starts workers', async () => {
    const tree = treeWithWorker();
    const library = readProjectConfiguration(tree, 'bootstrap');
    updateProjectConfiguration(tree, 'bootstrap', { ...library, tags: [] });

    await expect(generate(tree)).rejects.toThrow(/No project has the tag "queue:worker-app"/);
  });
});
