import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const workspaceRoot = join(__dirname, '../../..');

export const inWorkspace = (path: string) => join(workspaceRoot, path);

export const readText = (path: string) => readFileSync(inWorkspace(path), 'utf8');

/** Files that git knows or would add, and that are there; relative to the root. */
export function workspaceFiles(...patterns: readonly string[]): string[] {
  const options = ['--cached', '--others', '--exclude-standard', '-z'];
  const output = execFileSync('git', ['ls-files', ...options, '--', ...patterns], {
    cwd: workspaceRoot,
    encoding: 'utf8',
  });
  return [...new Set(output.split('\0'))]
    .filter((path) => path !== '' && existsSync(inWorkspace(path)))
    .sort();
}
