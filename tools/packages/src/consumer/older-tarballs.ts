import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { npmPack } from '../npm-pack';
import { type Manifest, readManifest } from '../package-manifest';
import { PACKAGES } from '../packages';
import type { Tarball } from './consumer';

const WORKSPACE = resolve(__dirname, '../../../..');

/**
 * Builds and packs the packages of another commit, by its own tools, with the installed packages of today.
 *
 * @param folder for its sources
 */
export function olderTarballs(commit: string, folder: string): Tarball[] {
  const run = (command: string, args: readonly string[], cwd: string) => {
    execFileSync(command, args, { cwd, stdio: 'inherit' });
  };
  run('git', ['worktree', 'add', '--quiet', '--detach', '--force', folder, commit], WORKSPACE);
  try {
    symlinkSync(join(WORKSPACE, 'node_modules'), join(folder, 'node_modules'));
    // Some packages are younger.
    const there = PACKAGES.filter(({ project }) => existsSync(join(folder, project)));
    return there.map(({ name, project }) => {
      const build = ['--tsconfig', 'tsconfig.base.json', 'tools/packages/src/package.main.ts'];
      run('node_modules/.bin/tsx', [...build, project], folder);
      const built = join(folder, 'dist/packages', name);
      return { manifest: readManifest(built), file: npmPack(built, join(folder, '..')).file };
    });
  } finally {
    run('git', ['worktree', 'remove', '--force', folder], WORKSPACE);
  }
}

/** Packs a built package as another version, as `nx release` would. */
export function packedAs(version: string, built: string, destination: string): Tarball {
  const path = join(built, 'package.json');
  const manifest = { ...(JSON.parse(readFileSync(path, 'utf8')) as Manifest), version };
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  return { manifest, file: npmPack(built, destination).file };
}
