import type { GeneratorCallback, Tree } from '@nx/devkit';
import { checkSources } from '../../workspace/index';
import type { Terminal } from '../plan/choose-job';
import { treeWorkspace } from '../plan/tree-workspace';
import { askOptions, type GivenOptions } from './ask-options';
import { existingJob } from './existing-job';
import { nextSteps } from './next-steps';
import { planProcessor } from './plan-processor';
import type { ScheduleCheck } from './schedule-options';

/**
 * `nx g @tools/queue:processor [name]`: adds a job, that is its contract, its processor, a test, and
 * its entry in the worker's registry.
 *
 * Throws a `PluginError`, and writes nothing, if the name or the schedule is not valid or the job exists.
 *
 * @param check of a schedule; by default the runtime of the workspace is asked
 * @param terminal to ask on if the name is missing; by default that of this process
 */
export default async function processorGenerator(
  tree: Tree,
  given: GivenOptions,
  check?: ScheduleCheck,
  terminal?: Terminal,
): Promise<GeneratorCallback> {
  const workspace = treeWorkspace(tree);
  const options = await askOptions(
    workspace,
    { ...given, name: existingJob(workspace, given) },
    terminal,
  );
  const plan = await planProcessor(workspace, options, { root: tree.root, check });
  await plan.files.apply(tree, options);

  return () => {
    console.log(nextSteps(plan, workspace));
    for (const { message } of checkSources(workspace)) console.warn(`\n${message}`);
  };
}
