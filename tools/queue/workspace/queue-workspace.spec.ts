import type { Tree } from '@nx/devkit';
import {
  getProjects,
  readProjectConfiguration,
  updateProjectConfiguration,
  writeJson,
} from '@nx/devkit';
import { queueTree } from '../testing/queue-tree';
import { findWorker, readQueueWorkspace } from './index';
import type { QueueWorkspace } from './index';

function read(tree: Tree): QueueWorkspace {
  return readQueueWorkspace(tree, Object.fromEntries(getProjects(tree)));
}

function setTags(tree: Tree, project: string, tags: string[]): void {
  updateProjectConfiguration(tree, project, { ...readProjectConfiguration(tree, project), tags });
}

describe('the projects of a workspace', () => {
  it('are known by their tags, and by the names one imports them with', () => {
    const workspace = read(queueTree({ workers: ['beta', 'alpha'] }));

    expect(workspace.workers.map(({ name }) => name)).toEqual(['alpha', 'beta']);
    expect(workspace.contractProjects.map(({ name }) => name)).toEqual(['agreements']);
    expect(workspace.runtime).toEqual({
      producer: '@acme/runtime',
      consumer: '@acme/runtime/consumer',
      testing: '@acme/runtime/testing',
      cli: '@acme/runtime/cli',
    });
  });

  it('have their sources in src, unless they say something else', () => {
    const tree = queueTree();
    const worker = readProjectConfiguration(tree, 'jobs-runner');
    updateProjectConfiguration(tree, 'jobs-runner', { ...worker, sourceRoot: undefined });

    expect(read(tree).workers[0]?.sourceRoot).toBe('services/jobs-runner');
    tree.write('services/jobs-runner/src/main.ts', '');
    expect(read(tree).workers[0]?.sourceRoot).toBe('services/jobs-runner/src');
  });

  it('must have one runtime among them', () => {
    const tree = queueTree();
    setTags(tree, 'agreements', ['queue:jobs', 'queue:runtime']);
    expect(() => read(tree)).toThrow('Only one project may have the tag "queue:runtime"');

    setTags(tree, 'agreements', ['queue:jobs']);
    setTags(tree, 'runtime', []);
    expect(() => read(tree)).toThrow('no project has the tag "queue:runtime"');
  });

  it.each(['package.json', 'services/jobs-runner/package.json'])(
    'may have the runtime as an npm package, which %s lists',
    (manifest) => {
      const tree = queueTree();
      setTags(tree, 'runtime', []);
      writeJson(tree, manifest, { name: 'any', dependencies: { 'nest-job-queue': '0.1.0' } });

      expect(read(tree).runtime).toEqual({
        producer: 'nest-job-queue',
        consumer: 'nest-job-queue/consumer',
        testing: 'nest-job-queue/testing',
        cli: 'nest-job-queue/cli',
      });
    },
  );

  it('have their own runtime, although the npm package is installed as well', () => {
    const tree = queueTree();
    writeJson(tree, 'package.json', { devDependencies: { 'nest-job-queue': '0.1.0' } });

    expect(read(tree).runtime.producer).toBe('@acme/runtime');
  });

  it('must let one import the runtime by name', () => {
    const tree = queueTree();
    tree.write('tsconfig.base.json', '{}');

    expect(() => read(tree)).toThrow(
      'packages/runtime/lib/index.ts of the project "runtime" has no import path.',
    );
  });

  it('that are no worker are refused as one, with the list of those that are', () => {
    const workspace = read(queueTree({ workers: ['alpha', 'beta'] }));

    expect(findWorker(workspace, 'alpha').root).toBe('services/alpha');
    expect(() => findWorker(workspace, 'runtime')).toThrow(
      '"runtime" is not a worker. Workers of this workspace: alpha, beta.',
    );
  });
});
