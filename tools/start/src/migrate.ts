import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { StartError } from './start.error';

export interface MigrateOptions {
  workspaceRoot: string;
  /** A TypeScript program and its arguments. */
  program: readonly string[];
  env: NodeJS.ProcessEnv;
  onLine: (line: string) => void;
}

/**
 * Runs the program that applies the migrations.
 *
 * @throws StartError if it fails; it has said why
 */
export async function migrate({
  workspaceRoot,
  program,
  env,
  onLine,
}: MigrateOptions): Promise<void> {
  const tsx = createRequire(__filename).resolve('tsx/cli');
  const tsconfig = join(workspaceRoot, 'tsconfig.base.json');
  const child = spawn(process.execPath, [tsx, '--tsconfig', tsconfig, ...program], {
    cwd: workspaceRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', onLine);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) {
    throw new StartError('The migrations were not applied: the lines above say why.');
  }
}
