import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WORKSPACE_ROOT } from '@libs/testing';

/** A text as Prettier formats such a file. By its program, because Jest cannot load Prettier's ES modules. */
export async function formatted(file: string, text: string): Promise<string> {
  const prettier = join(WORKSPACE_ROOT, 'node_modules/prettier/bin/prettier.cjs');
  const running = promisify(execFile)(process.execPath, [prettier, '--stdin-filepath', file], {
    cwd: WORKSPACE_ROOT,
    maxBuffer: 1 << 24,
  });
  running.child.stdin?.end(text);
  return (await running).stdout;
}
