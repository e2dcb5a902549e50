import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { PluginError } from '../workspace/plugin.error';

/**
 * A command of a target's options (`environmentCommand`, `prepare`) fails, or does not print what it should.
 *
 * To do: run the command by itself. `environmentCommand` must print a JSON object of strings.
 */
export class TargetCommandError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_TARGET_COMMAND';
}

interface CommandOptions {
  workspaceRoot: string;
  env: NodeJS.ProcessEnv;
  onLine: (line: string) => void;
}

/**
 * The environment that an application runs with in development: what `command` prints as a JSON
 * object, and over it what is set in `env` already. Throws `TargetCommandError` if the command fails.
 */
export async function developmentEnvironment(
  command: string | undefined,
  options: CommandOptions,
): Promise<NodeJS.ProcessEnv> {
  if (!command) return options.env;
  const output = await run(command, options, 'pipe');
  return { ...parseVariables(output, command), ...withoutEmpty(options.env) };
}

/**
 * The same by the function `environment` of a file, which is called with `env` in this process: it saves the start of another.
 * Undefined if the function leaves the answer to the command, which can also start what does not run.
 *
 * @param file relative to the workspace root
 */
export async function environmentOf(
  file: string,
  { workspaceRoot, env }: Pick<CommandOptions, 'workspaceRoot' | 'env'>,
): Promise<NodeJS.ProcessEnv | undefined> {
  const path = join(workspaceRoot, file);
  const { environment } = createRequire(path)(path) as {
    environment: (env: NodeJS.ProcessEnv) => Promise<Record<string, string> | undefined>;
  };
  const answer = await environment(env);
  return answer && { ...answer, ...withoutEmpty(env) };
}

/** Runs a command before the application starts. Throws `TargetCommandError` if it fails. */
export async function prepare(command: string, options: CommandOptions): Promise<void> {
  await run(command, options, 'lines');
}

async function run(
  command: string,
  { workspaceRoot, env, onLine }: CommandOptions,
  stdout: 'pipe' | 'lines',
): Promise<string> {
  // Few commands get here, and all load this file.
  const [{ spawn }, { createInterface }] = await Promise.all([
    import('node:child_process'),
    import('node:readline'),
  ]);
  const child = spawn(command, {
    shell: true,
    cwd: workspaceRoot,
    env: withBinaries(env, workspaceRoot),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  if (stdout === 'pipe')
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  else createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', onLine);

  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return output;
  throw new TargetCommandError(
    `"${command}" failed with exit code ${code ?? 'none'}. See its output.`,
  );
}

function parseVariables(output: string, command: string): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(output);
    if (isVariables(parsed)) return parsed;
  } catch {
    // Reported below, with what was printed.
  }
  throw new TargetCommandError(
    `"${command}" must print a JSON object of environment variables, but printed: ${output.trim() || 'nothing'}`,
  );
}

function isVariables(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((variable) => typeof variable === 'string')
  );
}

/** An empty variable counts as one that is not set. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

/** Commands find the workspace's own tools, as in an npm script. */
function withBinaries(env: NodeJS.ProcessEnv, workspaceRoot: string): NodeJS.ProcessEnv {
  const binaries = join(workspaceRoot, 'node_modules', '.bin');
  return { ...env, PATH: [binaries, env['PATH']].filter(Boolean).join(delimiter) };
}
