import { spawn, spawnSync } from 'node:child_process';
import { PluginError } from '../workspace/plugin.error';

export const ENGINES = ['docker', 'podman'] as const;
export type Engine = (typeof ENGINES)[number];

/** In milliseconds. */
const ANSWER_TIMEOUT = 20_000;

/**
 * No engine for containers answers, or a command of it fails.
 *
 * To do: start Docker, or install Podman; or build the image elsewhere, by the command in the message.
 */
export class ContainerEngineError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_CONTAINER_ENGINE';
}

/**
 * An engine that can build: the client may be installed where no engine runs.
 *
 * @param wanted the only one that may be used; by default the first that answers
 * @param instead what to do elsewhere, for the message
 * @throws ContainerEngineError which says of each why not
 */
export function findEngine(
  wanted: Engine | undefined,
  instead: string,
  env: NodeJS.ProcessEnv = process.env,
): Engine {
  const reasons: string[] = [];
  for (const engine of wanted === undefined ? ENGINES : [wanted]) {
    const reason = whyNot(engine, env);
    if (reason === undefined) return engine;
    reasons.push(reason);
  }
  throw new ContainerEngineError(
    `No image was built, because no container engine answers: ${reasons.join('; ')}. ` +
      `Start one, or do it where there is one: ${instead}`,
  );
}

/** `info` asks the engine itself. */
function whyNot(engine: Engine, env: NodeJS.ProcessEnv): string | undefined {
  const { error, status, stderr } = spawnSync(engine, ['info', '--format', '{{json .}}'], {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: ANSWER_TIMEOUT,
  });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    return `${engine} is not installed`;
  }
  if (error !== undefined) return `${engine} gave no answer (${error.message})`;
  if (status === 0) return undefined;
  const [first = 'no reason given'] = stderr.trim().split('\n').slice(-1);
  return `${engine} says: ${first.replace(/[.?]$/, '')}`;
}

/**
 * Runs a command of an engine in this terminal.
 *
 * @throws ContainerEngineError if it fails
 */
export async function runEngine(
  engine: Engine,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const child = spawn(engine, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  throw new ContainerEngineError(
    `"${[engine, ...args].join(' ')}" failed with exit code ${code ?? 'none'}. See its output.`,
  );
}
