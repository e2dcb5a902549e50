import { ExperimentError, runCommand } from '@tools/experiment';

/**
 * Runs node, and adds up the processor time of it and of all that it starts, user and system, in milliseconds.
 *
 * @throws ExperimentError if the command fails
 */
export async function commandCpu(
  args: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<number> {
  const script = '"$@" >/dev/null && times';
  const { output } = await runCommand(['/bin/sh', '-c', script, 'sh', process.execPath, ...args], {
    cwd,
    env,
  });
  // The second line is of what the shell has started: `0m0.052s 0m0.011s`, user and system.
  const ofChildren = output.trim().split('\n').at(-1) ?? '';
  const times = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length !== 2) throw new ExperimentError(`"times" of the shell answered: ${output}`);
  return times.reduce(
    (sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1_000,
    0,
  );
}
