import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const HOST = join(__dirname, '../../..');

/** Below node_modules, so that the packages are found from there. */
const FOLDER = join(HOST, 'node_modules/.cache/queue-plugin-tests');

let compiled: string | undefined;

/**
 * The program of serve.driver.ts in JavaScript. Each test starts it, and compiling it every time takes
 * longer than all that it loads.
 */
export function compiledServeDriver(): string {
  compiled ??= compile();
  return compiled;
}

function compile(): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, 'serve.driver.js');
  const draft = `${file}.${process.pid}`;
  // Of all that is in it, only serve itself looks for a file beside it.
  const folder = JSON.stringify(join(__dirname, '../serve'));
  // The command, as the function keeps a thread, which this test file could not end.
  execFileSync(join(HOST, 'node_modules/.bin/esbuild'), [
    join(__dirname, 'serve.driver.ts'),
    `--outfile=${draft}`,
    '--bundle',
    '--packages=external',
    '--platform=node',
    '--format=cjs',
    '--target=node20',
    `--tsconfig=${join(HOST, 'tsconfig.base.json')}`,
    `--define:__dirname=${folder}`,
    '--log-level=error',
  ]);
  renameSync(draft, file);
  return file;
}
