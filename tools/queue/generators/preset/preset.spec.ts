import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { addProjectConfiguration, readJson, type Tree, writeJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { PLUGIN_NAME } from '../../workspace/index';
import presetGenerator from './preset';

const FILES = {
  'package.json': `{ "name": "<%= name %>", "devDependencies": { "${PLUGIN_NAME}": "1.0.0" } }`,
  'nx.json': '{ "parallel": 3 }',
  'README.md': '# <%= name %>\n',
  '.gitignore': 'dist/\n',
};

/** As `create-nx-workspace` leaves it. */
function newWorkspace(): Tree {
  const tree = createTreeWithEmptyWorkspace({ formatter: 'prettier' });
  tree.write('README.md', 'Nx');
  writeJson(tree, 'nx.json', { analytics: false, parallel: 1 });
  writeJson(tree, 'package.json', { dependencies: { [PLUGIN_NAME]: 'file:plugin.tgz' } });
  return tree;
}

describe('create-nx-workspace --preset=@tools/queue', () => {
  let template: string;

  beforeAll(() => {
    template = mkdtempSync(join(tmpdir(), 'preset-'));
    for (const [path, text] of Object.entries(FILES)) {
      const file = join(template, `${path}.template`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  });

  afterAll(() => {
    rmSync(template, { recursive: true, force: true });
  });

  it('fills the workspace, named as the person says', () => {
    const tree = newWorkspace();
    presetGenerator(tree, { name: 'My Shop' }, template);
    expect(tree.read('README.md', 'utf-8')).toBe('# my-shop\n');
    expect(tree.read('.gitignore', 'utf-8')).toBe('dist/\n');
  });

  it('keeps what was answered to Nx, and where the plugin was installed from', () => {
    const tree = newWorkspace();
    presetGenerator(tree, { name: 'shop' }, template);
    expect(readJson(tree, 'nx.json')).toEqual({ analytics: false, parallel: 3 });
    expect(readJson(tree, 'package.json')).toEqual({
      name: 'shop',
      devDependencies: { [PLUGIN_NAME]: 'file:plugin.tgz' },
    });
  });

  it('writes nothing into a workspace that has projects, and says what adds to one', () => {
    const tree = newWorkspace();
    addProjectConfiguration(tree, 'web', { root: 'apps/web' });
    expect(() => presetGenerator(tree, { name: 'shop' }, template)).toThrow(
      `This workspace has projects already: web. Nothing was written, because a preset fills an empty workspace. To add background jobs to this one: nx g ${PLUGIN_NAME}:init`,
    );
    expect(tree.read('README.md', 'utf-8')).toBe('Nx');
  });
});
