import type { GeneratorCallback, Tree } from '@nx/devkit';
import { checkSources } from '../../workspace/index';
import { treeWorkspace } from '../plan/tree-workspace';
import { nextSteps } from './next-steps';
import { planProcessor } from './plan-processor';
import type { ScheduleCheck } from './schedule-options';
import type { ProcessorOptions } from './processor-options';

/**
 * `nx g @tools/queue:processor <name>`: adds a job, that is its contract, its processor, a test, and
 * its entry in the worker's registry.
 *
 * Throws a `PluginError`, and writes nothing, if the name or the schedule is not valid or the job exists.
 *
 * @param check of a schedule; by default the runtime of the workspace is asked
 */
export default async function processorGenerator(
  tree: Tree,
  options: ProcessorOptions,
  check?: ScheduleCheck,
): Promise<GeneratorCallback> {
  const workspace = treeWorkspace(tree);
  const plan = await planProcessor(workspace, options, { root: tree.root, check });
  await plan.files.apply(tree, options);

  return () => {
    console.log(nextSteps(plan, workspace));
    for (const { message } of checkSources(workspace)) console.warn(`\n${message}`);
  };
}
