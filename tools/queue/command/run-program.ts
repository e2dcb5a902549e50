import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BundleError, bundleErrorFrom } from '../bundle/bundle.error';
import { customConditions } from '../bundle/custom-conditions';
import { decoratorsPlugin } from '../bundle/decorators.plugin';
import { workspacePackagesPlugin } from '../bundle/workspace-packages.plugin';
import { hasColors } from '../terminal/has-colors';
import { PLUGIN_NAME, PluginError, rootTsconfig, type QueueWorkspace } from '../workspace/index';

/**
 * A contract of the workspace does not compile, so a command cannot use it.
 *
 * To do: fix what is printed above the message.
 */
export class ContractCompileError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_CONTRACT_COMPILE';

  constructor(cause: unknown) {
    super('A contract does not compile; the reasons are printed above.', { cause });
  }
}

/** A program that works with the contracts and the runtime of the workspace. */
export interface Program {
  /** For file names. */
  name: string;
  /** Its TypeScript; imports beginning with `./` count from the workspace root. */
  source: string;
  /** What it gets on its standard input, as JSON. */
  input: unknown;
}

/**
 * Bundles a program and runs it in a process of its own. Resolves to its exit code.
 *
 * It is bundled, not loaded here, because contracts are TypeScript with the import paths of the
 * workspace, and because the executor should not depend on what Nx happens to load plugins with.
 */
export async function runProgram(
  workspaceRoot: string,
  workspace: Pick<QueueWorkspace, 'files'>,
  program: Program,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  // Below node_modules, so that the packages that stay outside of the bundle are found.
  const cache = join(workspaceRoot, 'node_modules/.cache', PLUGIN_NAME);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, `${program.name}-`));
  try {
    const file = join(folder, `${program.name}.cjs`);
    await bundle(workspaceRoot, workspace, program, file);
    return await run(file, program.input, workspaceRoot, env);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundle(
  workspaceRoot: string,
  workspace: Pick<QueueWorkspace, 'files'>,
  { name, source }: Program,
  outfile: string,
): Promise<void> {
  const tsconfig = rootTsconfig(workspace.files);
  try {
    await build({
      absWorkingDir: workspaceRoot,
      stdin: {
        contents: source,
        resolveDir: workspaceRoot,
        sourcefile: `${name}.ts`,
        loader: 'ts',
      },
      ...(tsconfig !== undefined && customConditions(join(workspaceRoot, tsconfig))),
      tsconfig,
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      keepNames: true,
      sourcemap: 'inline',
      logLevel: 'silent',
      plugins: [workspacePackagesPlugin(), decoratorsPlugin()],
    });
  } catch (error) {
    const failure = bundleErrorFrom(error, name);
    if (failure instanceof BundleError) {
      process.stderr.write(`${await failure.format(hasColors())}\n`);
    }
    throw new ContractCompileError(error);
  }
}

function run(file: string, input: unknown, cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    cwd,
    env,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(JSON.stringify(input));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}
