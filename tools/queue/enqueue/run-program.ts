import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { decoratorsPlugin } from '../build/decorators.plugin';
import { PLUGIN_NAME, rootTsconfig, type Contract, type QueueWorkspace } from '../workspace/index';
import { EnqueueError } from './enqueue.error';
import type { EnqueueRequest } from './enqueue-request';

/**
 * Bundles the program with the contract of one job and runs it. Resolves to its exit code.
 *
 * It is bundled, not loaded here, because contracts are TypeScript with the import paths of the
 * workspace, and because the executor should not depend on what Nx happens to load plugins with.
 */
export async function runProgram(
  workspaceRoot: string,
  workspace: QueueWorkspace,
  contract: Contract,
  request: EnqueueRequest,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  // Below node_modules, so that the packages that stay outside of the bundle are found.
  const cache = join(workspaceRoot, 'node_modules/.cache', PLUGIN_NAME);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'enqueue-'));
  try {
    const file = join(folder, 'enqueue.cjs');
    await bundle(workspaceRoot, workspace, contract, file);
    return await run(file, request, workspaceRoot, env);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function entry(workspace: QueueWorkspace, contract: Contract): string {
  const program = join(__dirname, 'enqueue-program.ts');
  return [
    `import { runEnqueueProgram } from ${JSON.stringify(program)};`,
    `import * as runtime from ${JSON.stringify(workspace.runtime.producer)};`,
    `import { ${contract.constant} } from ${JSON.stringify(`./${contract.file}`)};`,
    `void runEnqueueProgram(runtime, ${contract.constant});`,
  ].join('\n');
}

async function bundle(
  workspaceRoot: string,
  workspace: QueueWorkspace,
  contract: Contract,
  outfile: string,
): Promise<void> {
  const contents = entry(workspace, contract);
  try {
    await build({
      absWorkingDir: workspaceRoot,
      stdin: { contents, resolveDir: workspaceRoot, sourcefile: 'enqueue.ts', loader: 'ts' },
      tsconfig: rootTsconfig(workspace.files),
      outfile,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      keepNames: true,
      sourcemap: 'inline',
      logLevel: 'error',
      plugins: [decoratorsPlugin()],
    });
  } catch (error) {
    throw new EnqueueError('The contract does not compile; the reasons stand above.', {
      cause: error,
    });
  }
}

function run(
  file: string,
  request: EnqueueRequest,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    cwd,
    env,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(JSON.stringify(request));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}
