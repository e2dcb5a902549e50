import { readJson, type Tree, writeJson } from '@nx/devkit';
import { nestTree } from '../../testing/nest-tree';
import inferTargets from './infer-targets';

const EXPLICIT = {
  build: { executor: '@tools/queue:build', options: { minify: true } },
  enqueue: { executor: '@tools/queue:enqueue' },
  dead: { executor: '@tools/queue:dead' },
  test: { executor: '@nx/jest:jest' },
};

function treeWithWorker(): Tree {
  const tree = nestTree();
  const worker = { name: 'worker', root: 'apps/worker', tags: ['queue:worker'], targets: EXPLICIT };
  writeJson(tree, 'apps/worker/project.json', worker);
  writeJson(tree, 'apps/api/project.json', { name: 'api', targets: EXPLICIT });
  return tree;
}

describe('the targets of workers are inferred', () => {
  it('by the plugin in nx.json; a target with options, or of another tool, stays', () => {
    const tree = treeWithWorker();

    inferTargets(tree);

    const { plugins } = readJson<{ plugins: unknown[] }>(tree, 'nx.json');
    expect(plugins).toContain('@tools/queue/targets');
    const { targets } = readJson<{ targets: object }>(tree, 'apps/worker/project.json');
    expect(targets).toEqual({ build: EXPLICIT.build, test: EXPLICIT.test });
    // It is no worker, so nothing would be inferred in their place.
    expect(readJson(tree, 'apps/api/project.json')).toMatchObject({ targets: EXPLICIT });
  });

  it('and a second run changes nothing', () => {
    const tree = treeWithWorker();
    inferTargets(tree);
    const files = ['nx.json', 'apps/worker/project.json'];
    const before = files.map((file) => tree.read(file, 'utf-8'));

    inferTargets(tree);

    expect(files.map((file) => tree.read(file, 'utf-8'))).toEqual(before);
  });
});
