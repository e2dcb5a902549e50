import { ExperimentError } from '../run/experiment.error';
import { interruption } from '../run/interruption';
import { spawnProgram } from './spawn-program';

export interface CommandOptions {
  cwd: string;
  /** Added to the variables of this process. */
  env?: Record<string, string>;
}

/**
 * Runs a command and waits until it exits.
 *
 * @returns how long it took, in milliseconds, and its standard output
 * @throws ExperimentError with the command's output, if it fails; or that the experiment was stopped
 */
export async function runCommand(
  [command = '', ...args]: readonly string[],
  { cwd, env = {} }: CommandOptions,
): Promise<{ ms: number; output: string }> {
  const started = performance.now();
  const child = spawnProgram(command, args, { cwd, env: { ...process.env, ...env } });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const ms = performance.now() - started;
  if (code === 0) return { ms, output };
  interruption.throwIfAborted();
  throw new ExperimentError(
    `"${[command, ...args].join(' ')}" failed in ${cwd} (exit code ${code}):\n${output}${errors}`,
  );
}
