import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import { packProgram } from './pack-program';

const LOADER = JSON.stringify(join(__dirname, '../workspace/cached-program.cjs'));

describe('a program that is packed', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pack-program-'));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await stopEsbuild();
  });

  it('imports late what its parts export, by name and by default', async () => {
    for (const [path, text] of Object.entries({
      'queue.js': `import { shared } from './chunks/chunk-A.js';
        export default async () => [
          (await import('./chunks/runtime-B.js')).run(),
          (await import('./chunks/page-C.js')).default.text,
          shared,
        ].join();`,
      'chunks/chunk-A.js': `export const shared = 'shared';`,
      'chunks/runtime-B.js': `import { shared } from './chunk-A.js'; export const run = () => 'run ' + shared;`,
      'chunks/page-C.js': `export default { text: 'page' };`,
    })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }

    await packProgram(folder);

    const program = JSON.stringify(join(folder, 'chunks/program.cjs'));
    const script = `require(${LOADER}).loadProgram(${program}, 'x').exports.default().then(console.log)`;
    expect(execFileSync(process.execPath, ['-e', script]).toString()).toBe(
      'run shared,page,shared\n',
    );
  });
});
