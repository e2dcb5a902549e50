import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describeMissingPackage } from './missing-package';

describe('a built application without the packages beside it', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'missing-package-'));
    mkdirSync(join(folder, 'chunks'));
    writeFileSync(join(folder, 'chunks/main.mjs'), `import 'not-installed';`);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** What Node.js itself says. */
  const failure = (): Error => {
    const { stderr } = spawnSync(process.execPath, [join(folder, 'chunks/main.mjs')], {
      encoding: 'utf8',
    });
    const [, message = ''] = /Error \[ERR_MODULE_NOT_FOUND\]: (.*)/.exec(stderr) ?? [];
    return new Error(message);
  };

  it('says which one is missing, and how to install it', () => {
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ dependencies: { 'not-installed': '1.0.0' } }),
    );
    expect(describeMissingPackage(failure())).toBe(
      `The package not-installed is not installed beside this application. Install what package.json lists, in ${folder}: npm ci --omit=dev`,
    );
  });

  it('is nothing else: a package that is not listed, or another error', () => {
    writeFileSync(join(folder, 'package.json'), '{}');
    expect(describeMissingPackage(failure())).toBeUndefined();
    expect(describeMissingPackage(new Error('no'))).toBeUndefined();
  });
});
