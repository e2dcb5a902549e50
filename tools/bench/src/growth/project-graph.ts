import { ExperimentError } from '@tools/experiment';
import type { WorkspaceCopy } from '../workspace/workspace-copy';

/** Prints the milliseconds. Run in a new process, so that nothing is in memory. */
const SCRIPT = `
const { createProjectGraphAsync } = require('@nx/devkit');
const started = performance.now();
createProjectGraphAsync({ exitOnError: true, resetDaemonClient: true }).then(() => {
  console.log('milliseconds: ' + (performance.now() - started));
  process.exit(0);
});`;

/** How long Nx takes to compute the project graph of a workspace without a cache, in milliseconds. */
export async function timeProjectGraph(copy: WorkspaceCopy): Promise<number> {
  const { output } = await copy.node(['--eval', SCRIPT], { NX_CACHE_PROJECT_GRAPH: 'false' });
  const [, ms] = /milliseconds: ([\d.]+)/.exec(output) ?? [];
  if (ms === undefined) throw new ExperimentError(`Nx did not compute a project graph:\n${output}`);
  return Number(ms);
}
