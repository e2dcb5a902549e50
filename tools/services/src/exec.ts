import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ServicesError } from './services.error';

/**
 * Runs a command in this terminal, with these variables, and resolves to its exit code.
 *
 * @throws ServicesError if there is no such command
 */
export async function exec(
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env });
  // Ctrl-C reaches the command too, since it runs in the same terminal; the command decides what to do.
  const wait = () => undefined;
  process.on('SIGINT', wait);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return signal === null ? (code ?? 1) : 1;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServicesError(`The command "${command}" cannot be run: ${reason}.`);
  } finally {
    process.off('SIGINT', wait);
  }
}
