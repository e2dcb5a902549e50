import { BenchError } from '../run/experiment.error';
import { interruption } from '../run/interruption';
import { spawnProgram } from './guarded-process';

export interface CommandOptions {
  cwd: string;
  /** Added to this process's own variables. */
  env?: Record<string, string>;
}

/**
 * Runs a command to its end.
 *
 * @returns how long it took, in milliseconds, and its standard output
 * @throws BenchError with what it printed, if it fails; or that the benchmark was stopped
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
  throw new BenchError(
    `"${[command, ...args].join(' ')}" failed in ${cwd} (exit code ${code}):\n${output}${errors}`,
  );
}
