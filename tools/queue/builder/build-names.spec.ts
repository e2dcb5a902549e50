import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { stop as stopEsbuild } from 'esbuild';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import { buildApp } from './build-app';

const ROOT = 'apps/mailer';

/** As lodash does it: no name stands in its text as one that it exports. */
const MADE_WHILE_IT_RUNS = `
const all = { words: (text) => text.split(' '), instances: (globalThis.instances = (globalThis.instances ?? 0) + 1) };
for (const [name, by] of [['twice', 2], ['thrice', 3]]) all[name] = (number) => number * by;
module.exports = all;`;

const WAITS = `export const late = await Promise.resolve('late');`;

/** Packages whose folders are of another kind than the package: Node goes by the nearest package.json. */
const BOTH_KINDS: [string, object, Record<string, string>, string, string][] = [
  [
    'is imported from a folder of ES modules in a package of CommonJS',
    { exports: './dist/esm/lib/index.js' },
    { 'dist/esm/package.json': '{ "type": "module" }', 'dist/esm/lib/index.js': WAITS },
    `import { late } from 'both'; console.log(late);`,
    'late',
  ],
  [
    'is required from a folder of CommonJS in a package of ES modules',
    { type: 'module', exports: './dist/cjs/index.js' },
    { 'dist/cjs/package.json': '{ "type": "commonjs" }', 'dist/cjs/index.js': MADE_WHILE_IT_RUNS },
    `import { twice } from 'both'; console.log(twice(2));`,
    '4',
  ],
  [
    'is required from a folder whose package.json names no kind, in a package of ES modules',
    { type: 'module', exports: './lib/index.js' },
    { 'lib/package.json': '{ "private": true }', 'lib/index.js': MADE_WHILE_IT_RUNS },
    `import { thrice } from 'both'; console.log(thrice(2));`,
    '6',
  ],
  [
    'is required if it is JSON, also in a package of ES modules',
    { type: 'module', exports: { '.': './index.js', './data.json': './data.json' } },
    { 'index.js': WAITS, 'data.json': '{ "answer": 42 }' },
    `import data from 'both/data.json'; console.log(data.answer);`,
    '42',
  ],
];

describe('what a source imports of a package beside the bundle', () => {
  let workspace: FixtureWorkspace;

  beforeEach(() => {
    workspace = new FixtureWorkspace({
      [`${ROOT}/tsconfig.json`]: '{ "extends": "../../tsconfig.base.json" }',
    });
    workspace.install(
      'numbers',
      {},
      { 'index.js': MADE_WHILE_IT_RUNS, 'deep.js': MADE_WHILE_IT_RUNS },
    );
  });
  afterEach(() => {
    workspace.remove();
  });
  afterAll(() => stopEsbuild());

  /** Builds an application with this source and these packages beside it, and runs it. @returns what it prints */
  async function printedBy(source: string, external: string[]): Promise<string> {
    workspace.declare(Object.fromEntries(external.map((name) => [name, '*'])));
    workspace.write({ [`${ROOT}/src/main.ts`]: source });
    const graph = projectGraph({
      mailer: { root: ROOT, dependsOn: external.map((name) => `npm:${name}`) },
    });
    const built = await buildApp(workspace.settings('mailer', ROOT, { external }), graph);
    expect(built.external.map(({ name }) => name)).toEqual(external);
    const main = join(workspace.root, `dist/${ROOT}/main.js`);
    const { stdout, stderr } = spawnSync(process.execPath, [main], { encoding: 'utf8' });
    expect(stderr).toBe('');
    // Numbers have colours where the tests have them.
    return stripVTControlCharacters(stdout).trim();
  }

  it('is there, also if the package makes it while it runs', async () => {
    const source = `
      import { thrice, twice as double } from 'numbers';
      import * as numbers from 'numbers';
      import all, { words } from 'numbers';
      import { twice } from 'numbers/deep';
      console.log([double(2), thrice(2), numbers.twice(4), all.twice(8), words('a b').length, twice(16), all.instances].join());`;
    expect(await printedBy(source, ['numbers'])).toBe('4,6,8,16,2,32,1');
  });

  it('may be passed on', async () => {
    workspace.write({ [`${ROOT}/src/math.ts`]: `export { twice } from 'numbers';` });
    const source = `import { twice } from './math'; console.log(twice(2));`;
    expect(await printedBy(source, ['numbers'])).toBe('4');
  });

  it('is its "default" if it is compiled from an ES module, as in a test', async () => {
    const code = `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = class Parser {};`;
    workspace.install('parser', {}, { 'index.js': code });
    const source = `import Parser from 'parser'; console.log(new Parser().constructor.name);`;
    expect(await printedBy(source, ['parser'])).toBe('Parser');
  });

  it('is imported from an ES module, which waits for another', async () => {
    const code = `export const late = await Promise.resolve('late');`;
    workspace.install('waiting', { type: 'module', exports: './index.js' }, { 'index.js': code });
    const source = `import { late } from 'waiting'; console.log(late);`;
    expect(await printedBy(source, ['waiting'])).toBe('late');
  });

  it.each(BOTH_KINDS)('%s', async (_, manifest, files, source, printed) => {
    workspace.install('both', manifest, files);
    expect(await printedBy(source, ['both'])).toBe(printed);
  });
});
