import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, stop as stopEsbuild } from 'esbuild';
import { customConditions } from './custom-conditions';
import { workspacePackagesPlugin } from './workspace-packages.plugin';

describe('a workspace whose projects are packages', () => {
  let root: string;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'workspace-packages-'));
    const write = (file: string, content: object | string) => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      writeFileSync(join(root, file), text);
    };
    const exports = { '.': { '@acme/source': './src/index.ts', import: './dist/index.js' } };
    write('packages/texts/package.json', { name: '@acme/texts', exports });
    write('packages/texts/src/index.ts', "export const text: string = 'of the sources';");
    write('packages/texts/dist/index.js', "export const text = 'of an old build';");
    write('node_modules/pad/package.json', { name: 'pad', main: 'index.js' });
    write('node_modules/pad/index.js', "module.exports = (text) => ' ' + text;");
    mkdirSync(join(root, 'node_modules/@acme'));
    symlinkSync('../../packages/texts', join(root, 'node_modules/@acme/texts'));
    write('main.ts', "import { text } from '@acme/texts';\nimport pad from 'pad';\npad(text);");
    write('tsconfig.json', { compilerOptions: { customConditions: ['@acme/source'] } });
    write('plain/tsconfig.json', {});
  });
  afterAll(async () => {
    await stopEsbuild();
    rmSync(root, { recursive: true });
  });

  it('has their sources in a bundle, not what was built of them before, and npm packages beside it', async () => {
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: ['main.ts'],
      bundle: true,
      write: false,
      format: 'esm',
      logLevel: 'silent',
      ...customConditions(join(root, 'tsconfig.json')),
      plugins: [workspacePackagesPlugin()],
    });
    const text = outputFiles.map((file) => file.text).join('');
    expect(text).toContain('of the sources');
    expect(text).toMatch(/from "pad"/);
  });

  it('has no conditions of its own where tsconfig has none', () => {
    expect(customConditions(join(root, 'plain/tsconfig.json'))).toEqual({});
  });
});
