import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build, stop as stopEsbuild } from 'esbuild';
import { umdPlugin } from './umd.plugin';

const ROOT = join(__dirname, '../../..');

describe('a package that is compiled to UMD', () => {
  afterAll(() => stopEsbuild());

  it('is in the bundle with the files that it requires', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { parse } from 'jsonc-parser'; console.log(parse('{ "a": "b" } // c').a);`,
        resolveDir: ROOT,
      },
      bundle: true,
      write: false,
      platform: 'node',
      plugins: [umdPlugin()],
      logLevel: 'silent',
    });
    const input = outputFiles[0]?.text ?? '';
    const { stdout, stderr } = spawnSync(process.execPath, ['-'], { input, encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: 'b\n', stderr: '' });
  });
});
