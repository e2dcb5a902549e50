import { BenchError } from '@tools/experiment';
import type { WorkspaceCopy } from '../workspace/workspace-copy';

/** Runs in a process of its own, so that nothing is in memory: prints the milliseconds. */
const SCRIPT = `
const { createProjectGraphAsync } = require('@nx/devkit');
const started = performance.now();
createProjectGraphAsync({ exitOnError: true, resetDaemonClient: true }).then(() => {
  console.log('milliseconds: ' + (performance.now() - started));
  process.exit(0);
});`;

/** How long Nx takes to compute the project graph of a workspace from nothing, in milliseconds. */
export async function timeProjectGraph(copy: WorkspaceCopy): Promise<number> {
  const { output } = await copy.node(['--eval', SCRIPT], { NX_CACHE_PROJECT_GRAPH: 'false' });
  const [, ms] = /milliseconds: ([\d.]+)/.exec(output) ?? [];
  if (ms === undefined) throw new BenchError(`Nx computed no project graph:\n${output}`);
  return Number(ms);
}
