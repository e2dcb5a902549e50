import { spawnSync } from 'node:child_process';

/** What Prometheus' own tool has printed, and its exit code. */
export interface PromtoolResult {
  readonly code: number;
  readonly output: string;
}

/** Whether this machine has the tool, of Debian's package `prometheus`. In CI it has to. */
export function hasPromtool(): boolean {
  return process.env['CI'] === 'true' || spawnSync('promtool', ['--version']).error === undefined;
}

/**
 * Runs `promtool`.
 *
 * @param input its standard input
 * @throws the error of `spawn`, if this machine has none
 */
export function promtool(args: readonly string[], input = ''): PromtoolResult {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, {
    input,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return { code: status ?? -1, output: stdout + stderr };
}
