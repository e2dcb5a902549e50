import { stop as stopEsbuild } from 'esbuild';
import type { BuildOptions } from '../bundle/build-options';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import { RUNTIME_PACKAGE } from '../workspace/runtime-package';
import { buildApp } from './build-app';

const ROOT = 'apps/mailer';
const OUTPUT = `dist/${ROOT}`;
const ADDON = { 'build/Release/addon.node': 'compiled' };

let workspace: FixtureWorkspace;
beforeEach(() => {
  workspace = new FixtureWorkspace({
    [`${ROOT}/tsconfig.json`]: '{ "extends": "../../tsconfig.base.json" }',
  });
});
afterEach(() => {
  workspace.remove();
});
afterAll(() => stopEsbuild());

/** Builds an application that imports these modules, and returns why each external package is. */
async function build(
  modules: readonly string[],
  options: BuildOptions = {},
): Promise<Record<string, string>> {
  const packages = modules.filter((name) => !name.startsWith('.'));
  workspace.declare(Object.fromEntries(packages.map((name) => [name, '*'])));
  workspace.write({
    [`${ROOT}/src/main.ts`]: modules
      .map((name, index) => `import * as p${index} from '${name}'; console.log(p${index});`)
      .join('\n'),
  });
  const graph = projectGraph({
    mailer: { root: ROOT, dependsOn: packages.map((name) => `npm:${name}`) },
  });
  const { external } = await buildApp(workspace.settings('mailer', ROOT, options), graph);
  return Object.fromEntries(external.map(({ name, reason }) => [name, reason]));
}

function deployed(): Record<string, string> {
  return (workspace.readJson(`${OUTPUT}/package.json`) as { dependencies: Record<string, string> })
    .dependencies;
}

describe('a package that another one loads by a computed name is installed beside the bundle', () => {
  const peers = { peerDependenciesMeta: { pgsql: { optional: true }, mysql: { optional: true } } };
  const BY_NAME = `exports.connect = (name) => { try { return require(name).driver; } catch { return 'Please install ' + name; } };`;

  beforeEach(() => {
    workspace.install('pgsql', {}, { 'index.js': `exports.driver = 'driver of pgsql';` });
    workspace.install('mysql', {}, { 'index.js': `exports.driver = 'driver of mysql';` });
  });

  it.each([['alone'], ['also if the bundle has it for another one']])('%s', async (which) => {
    workspace.install('orm', peers, {
      'index.js': `module.exports = require('./lib/load');`,
      'lib/load.js': `\n${BY_NAME}`,
    });
    workspace.declare({ pgsql: '*' });

    const external = await build(which === 'alone' ? ['orm'] : ['orm', 'pgsql']);
    expect(external).toEqual({ pgsql: 'orm may load it, by a computed name (lib/load.js:2)' });
    expect(deployed()).toEqual({ pgsql: '1.0.0' });
  });

  it.each([
    ['none is declared', BY_NAME, {}],
    [
      'it is required by its name',
      `exports.driver = require('pgsql').driver; ${BY_NAME}`,
      { pgsql: '*' },
    ],
    ['nothing is computed', `exports.names = ['pgsql'];`, { pgsql: '*' }],
  ])('but not if %s', async (_, code, declared) => {
    workspace.install('orm', peers, { 'index.js': code });
    workspace.declare(declared);

    expect(await build(['orm'])).toEqual({});
  });

  it('nor if a person leaves it out', async () => {
    workspace.install('orm', peers, { 'index.js': BY_NAME });
    workspace.declare({ pgsql: '*' });

    expect(await build(['orm'], { leaveOut: ['pgsql'] })).toEqual({});
  });
});

describe('a package that looks for a file beside itself is installed beside the bundle', () => {
  it.each<[string, object, Record<string, string>]>([
    [
      'reads it when it is loaded',
      {},
      {
        'index.js': `exports.font = require('fs').readFileSync(__dirname + '/font.afm');`,
        'font.afm': '',
      },
    ],
    [
      'starts it as a thread when it is called',
      {},
      {
        'index.js': `const { join } = require('path'); exports.start = () => new (require('worker_threads').Worker)(join(__dirname, 'lib', 'worker.js'));`,
        'lib/worker.js': '',
      },
    ],
    [
      'is an ES module',
      { type: 'module' },
      {
        'index.js': `import { readFileSync } from 'node:fs'; export const read = () => readFileSync(new URL('./data.json', import.meta.url));`,
        'data.json': '{}',
      },
    ],
    [
      'defines __dirname itself',
      { type: 'module' },
      {
        'index.js': `import { dirname, join } from 'path'; import { fileURLToPath } from 'url'; const __dirname = dirname(fileURLToPath(import.meta.url)); export const at = (name) => join(__dirname, 'views', name);`,
        'views/a.html': '',
      },
    ],
    [
      'resolves it',
      {},
      { 'index.js': `exports.path = () => require.resolve('./child.js');`, 'child.js': '' },
    ],
    [
      'requires a file through a require of its own',
      { type: 'module' },
      {
        'index.js': `import { createRequire } from 'module'; export const { version } = createRequire(import.meta.url)('./package.json');`,
      },
    ],
  ])('%s', async (_, manifest, files) => {
    workspace.install('reader', manifest, files);

    const { reader } = await build(['reader']);

    expect(reader).toMatch(/^index\.js:1 looks for a file beside itself: /);
    expect(deployed()).toEqual({ reader: '1.0.0' });
  });

  it('but not if it copes with its absence, or only compares its place', async () => {
    workspace.install(
      'careful',
      {},
      {
        'index.js': `
          exports.version = (() => { try { return require('fs').readFileSync(__dirname + '/package.json'); } catch { return '?'; } })();
          exports.isNode = typeof __dirname !== 'undefined';`,
      },
    );

    expect(await build(['careful'])).toEqual({});
  });

  it('nor if a person wants it bundled', async () => {
    workspace.install('reader', {}, { 'index.js': `exports.place = __dirname;` });

    expect(await build(['reader'], { include: ['reader'] })).toEqual({});
  });

  it('with what else it and the bundle depend on, so that there is one instance of each', async () => {
    const registry = { dependencies: { registry: '*' } };
    workspace.install('registry', {}, { 'index.js': `exports.names = [];` });
    workspace.install('core', registry, {
      'index.js': `require('registry').names.push('core'); exports.config = __dirname + '/config.json';`,
      'config.json': '{}',
    });
    workspace.install('tool', registry, {
      'index.js': `require('core'); console.log('names', require('registry').names.join());`,
    });

    expect(Object.keys(await build(['core', 'tool']))).toEqual(['core', 'registry']);
    const { output } = await workspace.node(`${OUTPUT}/main.js`);
    expect(output).toContain('names core');
  });

  it('with the driver that it loads if it is there', async () => {
    workspace.install('driver', {}, { 'index.js': `exports.driver = 'driver';` });
    workspace.install(
      'any-database',
      { peerDependenciesMeta: { driver: { optional: true } } },
      {
        'index.js': `exports.templates = __dirname + '/templates'; console.log(require(['dri', 'ver'].join('')));`,
        'templates/a': '',
      },
    );

    const external = await build(['driver', 'any-database']);

    expect(Object.keys(external).sort()).toEqual(['any-database', 'driver']);
  });

  it('with the peers that it shares with the bundle', async () => {
    workspace.install('framework', {}, { 'index.js': `exports.Token = class {};` });
    workspace.install(
      'plugin',
      { peerDependencies: { framework: '*' } },
      {
        'index.js': `exports.framework = require('framework'); exports.views = __dirname + '/views';`,
        'views/a.html': '',
      },
    );

    expect(await build(['framework', 'plugin'])).toEqual({
      plugin: expect.stringContaining('looks for a file beside itself') as string,
      framework: 'shared with plugin, which is beside the bundle',
    });
    expect(deployed()).toEqual({ framework: '1.0.0', plugin: '1.0.0' });
  });
});

describe('a package with compiled code is installed beside the bundle', () => {
  it('wherever the code lies in it', async () => {
    workspace.install(
      'deep-native',
      {},
      {
        'index.js': `exports.hash = require('./lib/crypto');`,
        'lib/crypto.js': `try { module.exports = require('../build/Release/addon.node'); } catch { module.exports = 'slow'; }`,
        ...ADDON,
      },
    );

    expect(await build(['deep-native'])).toEqual({
      'deep-native': 'imports compiled code, build/Release/addon.node',
    });
  });

  it.each([
    ['without its ending', `exports.fast = require('./build/Release/addon');`, 'deep-native'],
    ['from elsewhere', `exports.nothing = 0;`, 'deep-native/build/Release/addon.node'],
  ])('however it is imported: %s', async (_, index, specifier) => {
    workspace.install('deep-native', {}, { 'index.js': index, ...ADDON });
    workspace.write({ [`${ROOT}/src/native.ts`]: `import '${specifier}';` });
    workspace.declare({ 'deep-native': '*' });
    workspace.write({ [`${ROOT}/src/main.ts`]: `import './native';` });
    const graph = projectGraph({ mailer: { root: ROOT, dependsOn: ['npm:deep-native'] } });

    const { external } = await buildApp(workspace.settings('mailer', ROOT), graph);

    expect(external.map(({ reason }) => reason)).toEqual([
      'imports compiled code, build/Release/addon.node',
    ]);
  });

  it('and code of the workspace is to become one', async () => {
    workspace.write({
      [`${ROOT}/src/main.ts`]: `import addon from './addon.node'; console.log(addon);`,
      [`${ROOT}/src/addon.node`]: 'compiled',
    });

    const failed = buildApp(
      workspace.settings('mailer', ROOT),
      projectGraph({ mailer: { root: ROOT } }),
    );

    await expect(failed).rejects.toMatchObject({
      messages: [{ text: expect.stringContaining('Make an npm package of it') as string }],
    });
  });

  it('if it finds the code with one of the packages that do that', async () => {
    workspace.install('bindings', {}, { 'index.js': `module.exports = () => 'compiled';` });
    workspace.install(
      'found-native',
      { dependencies: { bindings: '*' } },
      { 'index.js': `module.exports = require('bindings')('addon');` },
    );

    expect(await build(['found-native'])).toEqual({
      'found-native': 'it depends on bindings, which loads or builds compiled code',
    });
  });

  it('under the name that it is installed by', async () => {
    workspace.install(
      'images',
      { name: 'real-native', version: '1.0.0', gypfile: true },
      { 'index.js': '' },
    );

    expect(Object.keys(await build(['images']))).toEqual(['images']);
    expect(deployed()).toEqual({ images: 'npm:real-native@1.0.0' });
  });

  it('but is bundled where it was not compiled and works without', async () => {
    workspace.install(
      'not-built',
      {},
      {
        'index.js': `try { exports.fast = require('./build/Release/addon.node'); } catch { exports.fast = false; }`,
      },
    );

    expect(await build(['not-built'])).toEqual({});
  });
});

describe('a package that only a text names', () => {
  beforeEach(() => {
    workspace.install('pretty-lines', {}, { 'index.js': '' });
    workspace.write({
      [`${ROOT}/src/logging.ts`]: `export const target = 'pretty-lines';`,
    });
  });

  it('is installed beside the bundle', async () => {
    workspace.declare({ 'pretty-lines': '*' });

    expect(await build(['./logging'])).toEqual({
      'pretty-lines': 'named in apps/mailer/src/logging.ts:1, to be loaded by that name',
    });
  });

  it('is not, if it is for development only, and the build says so', async () => {
    const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const manifest = workspace.readJson('package.json') as object;
    workspace.writeJson('package.json', { ...manifest, devDependencies: { 'pretty-lines': '*' } });

    expect(await build(['./logging'])).toEqual({});
    expect(stderr.mock.calls.join('')).toContain(
      'apps/mailer/src/logging.ts:1 names the package "pretty-lines", which package.json has in "devDependencies"',
    );
  });

  it('is not, if the application does not need it', async () => {
    workspace.declare({ 'pretty-lines': '*' });

    expect(await build(['./logging'], { leaveOut: ['pretty-lines'] })).toEqual({});
  });
});

describe('a package that a person lists as external', () => {
  it('is found by the paths that the sources import, also without an ending', async () => {
    workspace.install(
      'tools',
      {},
      {
        'index.js': '',
        'debounce.js': `module.exports = 'debounced';`,
        'deep/index.js': `module.exports = 'deep';`,
      },
    );
    workspace.declare({ tools: '*' });
    workspace.write({
      [`${ROOT}/src/uses.ts`]: `import debounce from 'tools/debounce'; import deep from 'tools/deep'; console.log(debounce, deep, require('tools/debounce'));`,
    });

    expect(await build(['tools', './uses'], { external: ['tools'] })).toHaveProperty('tools');
    const { output } = await workspace.node(`${OUTPUT}/main.js`);
    expect(output).toContain('debounced deep debounced');
  });

  it('is installed, also if only a text names it', async () => {
    workspace.install('logger', {}, { 'index.js': '' });
    workspace.install('logger-pretty', {}, { 'index.js': '' });

    await build(['logger'], { external: ['logger', 'logger-pretty'] });

    expect(deployed()).toEqual({ logger: '1.0.0', 'logger-pretty': '1.0.0' });
  });

  it('must be there', () => {
    workspace.write({ [`${ROOT}/src/main.ts`]: '' });

    expect(() => workspace.settings('mailer', ROOT, { external: ['loger'] })).toThrow(
      '"mailer" cannot be bundled: "external" in the options of its build target lists "loger", which is not installed. ' +
        'Run: npm install --save-prod loger, or take it out of the list.',
    );
  });
});

describe('an ES module of a package', () => {
  it('gets of a CommonJS file what it gets in Node', async () => {
    workspace.install(
      'wrapped',
      { exports: { import: './esm/index.js', default: './lib/index.js' } },
      {
        'esm/package.json': '{ "type": "module" }',
        'esm/index.js': `import lib from '../lib/index.js'; console.log('answer', lib.answer);`,
        'lib/index.js': `Object.defineProperty(exports, '__esModule', { value: true }); exports.answer = 42;`,
      },
    );

    await build(['wrapped']);

    const { code, output } = await workspace.node(`${OUTPUT}/main.js`);
    expect([code, output]).toEqual([0, expect.stringContaining('answer 42')]);
  });
});

describe('a package that is called like a module of Node', () => {
  it('is imported with a slash only', async () => {
    workspace.install(
      'punycode',
      {},
      { 'index.js': `exports.from = __dirname + '/data';`, 'data/a': '' },
    );
    workspace.install(
      'with-slash',
      { dependencies: { punycode: '*' } },
      {
        'index.js': `console.log(typeof require('punycode/').from);`,
      },
    );
    workspace.install(
      'without',
      {},
      {
        'index.js': `console.log(typeof require('punycode').toASCII);`,
      },
    );

    expect(Object.keys(await build(['with-slash', 'without']))).toEqual(['punycode']);
    const { output } = await workspace.node('--no-deprecation', `${OUTPUT}/main.js`);
    expect(output).toMatch(/^string\nfunction\n/);
  });
});

describe('a package that is not installed', () => {
  it('is left out, if a package needs it only in code that may never run', async () => {
    workspace.install(
      'any-database',
      {},
      { 'index.js': `exports.name = 'any'; exports.connect = () => require('rare-driver');` },
    );

    expect(await build(['any-database'])).toEqual({});
    const { code, output } = await workspace.node(`${OUTPUT}/main.js`);
    expect([code, output]).toEqual([0, expect.stringContaining("name: 'any'")]);
  });

  it('is an error, if a source of the workspace imports it', async () => {
    workspace.write({ [`${ROOT}/src/late.ts`]: `void import('rare-driver');` });

    await expect(build(['./late'])).rejects.toThrow('does not compile');
  });
});

describe('an optional peer', () => {
  it('that only peerDependenciesMeta names is declared', async () => {
    workspace.install('debug-lines', {}, { 'index.js': `module.exports = () => undefined;` });
    workspace.install(
      'redirects',
      { peerDependenciesMeta: { 'debug-lines': { optional: true } } },
      { 'index.js': `exports.debug = require('debug-lines');` },
    );
    workspace.install(
      'other',
      { dependencies: { 'debug-lines': '*' } },
      { 'index.js': `exports.debug = require('debug-lines');` },
    );

    expect(await build(['redirects', 'other'])).toEqual({});
  });

  it('of the runtime is there if package.json lists it, although no source imports it', async () => {
    const peerDependenciesMeta = { store: { optional: true }, meter: { optional: true } };
    workspace.install(
      RUNTIME_PACKAGE,
      { peerDependenciesMeta },
      {
        'index.js': `const nameOf = (load) => { try { return load().name; } catch { return 'none'; } };
exports.names = [nameOf(() => require('store')), nameOf(() => require('meter'))];`,
      },
    );
    for (const name of ['store', 'meter']) {
      workspace.install(name, {}, { 'index.js': `exports.name = '${name}';` });
    }
    workspace.declare({ store: '*' });
    await build([RUNTIME_PACKAGE]);
    const { output } = await workspace.node(`${OUTPUT}/main.js`);
    expect(output).toContain("names: [ 'store', 'none' ]");
  });

  it('that is called like a file stays out like any other', async () => {
    workspace.install('charts.js', {}, { 'index.js': `exports.draw = () => undefined;` });
    workspace.install(
      'sheets',
      { peerDependenciesMeta: { 'charts.js': { optional: true } } },
      { 'index.js': `try { require('charts.js'); } catch { exports.charts = false; }` },
    );

    expect(await build(['sheets'])).toEqual({});
  });
});
