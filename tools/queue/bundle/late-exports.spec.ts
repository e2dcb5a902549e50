import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { workspaceRoot } from '@nx/devkit';
import { build, stop as stopEsbuild } from 'esbuild';
import { exportNamesOfLateModules } from './late-exports';
import { missingLateNames } from './late-names.warning';

const FILES = {
  'package.json': '{ "type": "module" }',
  'names.cjs': "exports.one = 1; exports['two-parts'] = 2; exports.then2 = () => 3;",
  'compiled.cjs':
    'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = 1; exports.named = 2;',
  'object.cjs': 'const a = 1, b = 2; module.exports = { a, b };',
  'passed-on.cjs': "module.exports = require('./names.cjs');",
  'function.cjs': 'module.exports = () => 4;',
  'computed.cjs': "for (const name of ['x', 'y']) exports[name] = name;",
  'throws.cjs':
    "var q; Object.defineProperty(exports, 'old', { enumerable: true, get: function () { return q.p; } }); exports.fine = 1;",
  'own.mjs': 'export const own = 5; export default 6;',
  // Also what another file imports at its start, so that both share a chunk.
  'shared.cjs': 'exports.shared = 7;',
  'static.mjs': "import { shared } from './shared.cjs'; export const twice = 2 * shared;",
  'main.mjs': `const all = {
  names: await import('./names.cjs'), compiled: await import('./compiled.cjs'),
  object: await import('./object.cjs'), passedOn: await import('./passed-on.cjs'),
  function: await import('./function.cjs'), computed: await import('./computed.cjs'),
  throws: await import('./throws.cjs'), own: await import('./own.mjs'), shared: await import('./shared.cjs'), static: await import('./static.mjs'),
  semver: await import('semver'), debug: await import('debug'),
};
// Node 23 and later have this one more.
const shown = ([name, value]) => name === 'module.exports' ? [] : [name + ': ' + typeof value];
for (const [name, module] of Object.entries(all)) {
  console.log(name, Object.entries(module).flatMap(shown).sort().join(', '));
}
console.log(all.passedOn.one === all.names.default.one, all.function.default(), all.static.twice);`,
};

describe('what a bundle loads late, by import()', () => {
  let folder: string;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'late-exports-')));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    symlinkSync(join(workspaceRoot, 'node_modules'), join(folder, 'node_modules'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  afterAll(() => stopEsbuild());

  function run(file: string): string {
    const { stdout, stderr } = spawnSync(process.execPath, [file], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout;
  }

  it.each([
    ['as it is', false],
    ['minified', true],
  ])('has the exports that it has in Node: %s', async (_, minify) => {
    const { outputFiles, metafile } = await build({
      absWorkingDir: folder,
      entryPoints: ['main.mjs'],
      outdir: 'out',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      sourcemap: 'linked',
      minifySyntax: minify,
      minifyWhitespace: minify,
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      metafile: true,
      write: false,
    });
    for (const file of exportNamesOfLateModules(outputFiles, metafile, folder)) {
      mkdirSync(dirname(file.path), { recursive: true });
      writeFileSync(file.path, file.contents);
      expect(metafile.outputs[file.path.slice(folder.length + 1)]?.bytes).toBe(
        file.contents.length,
      );
    }
    expect(run('out/main.js')).toBe(run('main.mjs'));
  });

  it('is warned of where a source takes a name that Node does not find', async () => {
    writeFileSync(
      join(folder, 'takes.mjs'),
      `const { one, ...others } = await import('./names.cjs');
const { x, default: all } = await import('./computed.cjs');
await import('./computed.cjs').then(({ y = 1 }) => y);
const { z } = (await import('./computed.cjs')).default;
const { own } = await import('./own.mjs');`,
    );
    const { metafile } = await build({
      absWorkingDir: folder,
      entryPoints: ['takes.mjs'],
      bundle: true,
      splitting: true,
      outdir: 'out',
      format: 'esm',
      metafile: true,
      write: false,
    });
    const warnings = missingLateNames(metafile, folder);
    expect(warnings.map(({ location, text }) => [location?.line, text.slice(0, 33)])).toEqual([
      [2, "import('./computed.cjs') has no x"],
      [3, "import('./computed.cjs') has no y"],
    ]);
  });
});
