import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, stop as stopEsbuild } from 'esbuild';
import { changedPackagesPlugin } from './changed-packages.plugin';
import { DEFERRED_REEXPORTS, deferReexports } from './deferred-reexports';
import { findPackage } from './npm-package';

const ROOT = join(__dirname, '../../..');

const fileOf = (name: string, file: string): string =>
  join(findPackage(name, ROOT)?.folder ?? '', file);

describe('files that pass on what other files export', () => {
  afterAll(() => stopEsbuild());

  it.each(DEFERRED_REEXPORTS)('are changed in the installed $package: $file', (change) => {
    const path = fileOf(change.package, change.file);
    const text = readFileSync(path, 'utf8');
    const changed = change.change(text, path);
    expect(changed).not.toBe(text);
    expect(changed).not.toContain('__exportStar(');
  });

  it('are left as they are if they are not as expected', () => {
    const text = 'module.exports = require("./other");';
    expect(deferReexports(text, __filename)).toBe(text);
  });

  it.each(['@nestjs/common', 'bullmq'])(
    'give a bundle all names of %s, each of which is what it is without the change',
    async (name) => {
      const folder = mkdtempSync(join(tmpdir(), 'deferred-'));
      try {
        const entry = join(folder, 'entry.js');
        writeFileSync(entry, `module.exports = require(${JSON.stringify(name)});`);
        const outfile = join(folder, 'bundle.cjs');
        await build({
          entryPoints: [entry],
          outfile,
          bundle: true,
          keepNames: true,
          platform: 'node',
          nodePaths: [join(ROOT, 'node_modules')],
          external: [
            'class-validator',
            'class-transformer',
            '@nestjs/microservices',
            '@nestjs/websockets',
          ],
          plugins: [changedPackagesPlugin(DEFERRED_REEXPORTS)],
          logLevel: 'silent',
        });
        const describe = (from: string) =>
          `Object.entries(require(${JSON.stringify(from)})).map(([name, value]) => [name, typeof value, value?.name]).sort()`;
        const print = (from: string) => ['-p', `JSON.stringify(${describe(from)})`];
        const run = promisify(execFile);
        const [changed, original] = await Promise.all(
          [outfile, createRequire(join(ROOT, 'x')).resolve(name)].map((from) =>
            run(process.execPath, print(from), { cwd: ROOT }),
          ),
        );
        expect(JSON.parse(changed?.stdout ?? '')).toEqual(JSON.parse(original?.stdout ?? '[]'));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
