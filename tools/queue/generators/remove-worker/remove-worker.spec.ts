import { readProjectConfiguration, type Tree, updateProjectConfiguration } from '@nx/devkit';
import { Person } from '../../testing/person';
import { queueTree, textsOf, writeProcessor } from '../../testing/queue-tree';
import syncRegistries from '../sync/sync';
import workerGenerator from '../worker/worker';
import removeWorkerGenerator from './remove-worker';
import type { RemoveWorkerOptions } from './remove-worker-options';

const COMPOSE = `x-worker: &worker
  environment: { URL: 'postgres://db' }
services:
  # generated: begin workers
  # generated: end workers
`;

/** A workspace with a compose file and references between programs, and its texts before it had the worker `media`. */
async function treeWithMedia() {
  const tree = queueTree();
  tree.write('compose.yaml', COMPOSE);
  syncRegistries(tree);
  const before = textsOf(tree);
  await workerGenerator(tree, { name: 'media', skipFormat: true });
  return { tree, before };
}

function remove(tree: Tree, options: Partial<RemoveWorkerOptions> = {}) {
  return removeWorkerGenerator(tree, { name: 'media', skipFormat: true, ...options });
}

describe('nx g @tools/queue:remove-worker', () => {
  it('deletes all that the generator of workers has written', async () => {
    const { tree, before } = await treeWithMedia();
    expect(textsOf(tree)).not.toEqual(before);

    await remove(tree);

    expect(textsOf(tree)).toEqual(before);
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it('takes it out of the references of the root tsconfig.json, where projects are packages', async () => {
    const { tree } = await treeWithMedia();
    const entry = (path: string) => `\n    {\n      "path": "${path}"\n    }`;
    const text = (...paths: string[]) =>
      `{\n  // All.\n  "references": [${paths.map(entry).join()}\n  ]\n}\n`;
    tree.write('tsconfig.json', text('./a', './services/media'));

    await remove(tree);

    expect(tree.read('tsconfig.json', 'utf-8')).toBe(text('./a'));
  });

  it('is refused while it has processors, with the list and the commands, also with --force', async () => {
    const { tree } = await treeWithMedia();
    const media = readProjectConfiguration(tree, 'media');
    tree.write('packages/agreements/source/resize.job.ts', '');
    const file = writeProcessor(tree, 'resize').replace('jobs-runner/code', 'media/src');
    tree.write(file, 'export class ResizeProcessor {}');
    const before = textsOf(tree);

    const refused = remove(tree, { force: true });

    await expect(refused).rejects.toThrow('Worker "media" cannot be removed. Nothing was written.');
    await expect(refused).rejects.toThrow(
      `${media.sourceRoot}/processors/resize/resize.processor.ts`,
    );
    await expect(refused).rejects.toThrow('npx nx g @tools/queue:move <job> --to=<worker>');
    expect(textsOf(tree)).toEqual(before);
  });

  it('is refused while other projects refer to it; with --force it says what breaks', async () => {
    const { tree } = await treeWithMedia();
    const runner = readProjectConfiguration(tree, 'jobs-runner');
    updateProjectConfiguration(tree, 'jobs-runner', { ...runner, implicitDependencies: ['media'] });
    tree.write(
      'services/jobs-runner/code/other.ts',
      "import { worker } from '../../media/src/worker';\nexport const other = worker;\n",
    );

    const refused = remove(tree);
    await expect(refused).rejects.toThrow('services/jobs-runner/code/other.ts:1');
    await expect(refused).rejects.toThrow(
      'in "implicitDependencies". Take it out there:\n    services/jobs-runner',
    );

    const log = jest.spyOn(console, 'log').mockImplementation();
    const done = await remove(tree, { force: true });
    await done();
    expect(tree.exists('services/media/project.json')).toBe(false);
    expect(log.mock.calls.join()).toMatch(/Because of --force:\n.*\n.*other\.ts:1/);
  });

  it('names the lines of settings that may mean it', async () => {
    const { tree } = await treeWithMedia();
    tree.write('deploy/overlay.yaml', 'images:\n  - name: media\n  - name: multimedia\n');
    tree.write('.env', 'MEDIA_HTTP=4010\nMULTI_MEDIA_HTTP=1\n');
    const log = jest.spyOn(console, 'log').mockImplementation();

    const done = await remove(tree);
    await done();

    const shown = log.mock.calls.join();
    expect(shown).toContain('deploy/overlay.yaml:2');
    expect(shown).toContain('.env:1');
    expect(shown).not.toMatch(/overlay\.yaml:3|\.env:2/);
  });

  it('asks which worker goes, and deletes nothing if that is cancelled', async () => {
    const { tree, before } = await treeWithMedia();
    const withMedia = textsOf(tree);

    const person = new Person();
    const cancelled = removeWorkerGenerator(tree, { skipFormat: true }, person);
    const refused = expect(cancelled).rejects.toThrow('Cancelled. Nothing was written.');
    await person.answer('Which worker goes?', '\u0003');
    await refused;
    expect(textsOf(tree)).toEqual(withMedia);

    const other = new Person();
    const removed = removeWorkerGenerator(tree, { skipFormat: true }, other);
    await other.answer('Which worker goes?', '\u001b[B\r');
    await removed;
    expect(textsOf(tree)).toEqual(before);
  });

  it.each([
    [{ name: 'medai' }, 'Did you mean "media"?'],
    [{ name: undefined }, 'Write: npx nx g @tools/queue:remove-worker media'],
  ])('refuses %j in a sentence', async (options, sentence) => {
    const { tree } = await treeWithMedia();

    await expect(remove(tree, options)).rejects.toThrow(sentence);
  });
});
