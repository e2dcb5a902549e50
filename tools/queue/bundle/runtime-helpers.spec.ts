import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, stop as stopEsbuild } from 'esbuild';
import { HELPERS, quickenHelpers } from './runtime-helpers';

const FILES = {
  'package.json': '{ "type": "module" }',
  // A CommonJS module that has one more name after it was imported first, and one that another file calls the same.
  'tools.cjs': `exports.__esModule = true; exports.one = 1; exports.again = class Again {};
exports.grow = () => { exports.two = 2; };`,
  'plain.cjs': 'module.exports = () => 3;',
  'first.mjs': `import * as tools from './tools.cjs';
import plain from './plain.cjs';
class Again {}
tools.grow();
export const first = { tools, plain, Again };`,
  'second.mjs': `import * as tools from './tools.cjs';
import plain from './plain.cjs';
class Again {}
export const second = { tools, plain, Again };`,
  'third.mjs': `import * as tools from './tools.cjs';
export const third = { tools };`,
  // It needs a helper and no module of the others, so that the helpers have a chunk of their own.
  'fourth.mjs': `export class Fourth {}`,
  'main.mjs': `const { first } = await import('./first.mjs');
const { second } = await import('./second.mjs');
const { third } = await import('./third.mjs');
await import('./fourth.mjs');
console.log(JSON.stringify({
  isShared: second.tools === third.tools,
  names: [first, second, third].map(({ tools }) => Object.keys(tools).sort().join()),
  plain: [first.plain(), second.plain()],
  classes: [first.Again.name, second.Again.name, second.tools.again.name],
}));`,
};

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'runtime-helpers-')));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
afterAll(() => stopEsbuild());

describe('the helpers of a bundle', () => {
  it('are quicker, and do the same', async () => {
    const run = async (quicken: boolean): Promise<{ text: string; result: unknown }> => {
      const { outputFiles, metafile } = await build({
        absWorkingDir: folder,
        entryPoints: ['main.mjs'],
        outdir: 'out',
        bundle: true,
        splitting: true,
        format: 'esm',
        platform: 'node',
        keepNames: true,
        minifySyntax: true,
        minifyWhitespace: true,
        metafile: true,
        write: false,
      });
      const files = quicken ? quickenHelpers(outputFiles, metafile) : outputFiles;
      for (const { path, contents } of files) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, contents);
        expect(metafile.outputs[path.slice(folder.length + 1)]?.bytes).toBe(contents.length);
      }
      const { stdout, stderr } = spawnSync(process.execPath, ['out/main.js'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      const text = files.map(({ contents }) => new TextDecoder().decode(contents)).join('\n');
      return { text, result: JSON.parse(stdout) };
    };

    const all = '__esModule,again,default,grow,one,two';
    const names = [all.replace(',two', ''), all, all];
    const same = { names, plain: [3, 3], classes: ['Again', 'Again', 'Again'] };
    const asBefore = await run(false);
    expect(asBefore.result).toEqual({ isShared: false, ...same });
    const { text, result } = await run(true);
    expect(result).toEqual({ isShared: true, ...same });
    for (const { from, to } of HELPERS) {
      expect(asBefore.text).toContain(from);
      expect(text).toContain(to);
    }
  });
});
