import type { GeneratorCallback, Tree } from '@nx/devkit';
import type { Terminal } from '../plan/choose-job';
import { treeWorkspace } from '../plan/tree-workspace';
import type { ConvertOptions } from './convert-options';
import { nextSteps } from './next-steps';
import { planConversion } from './plan-convert';

/**
 * `nx g @tools/queue:convert --queue=<name>`: writes a contract and a processor for a queue of @nestjs/bullmq. Nothing of the old
 * code is changed; it is said what to remove, and what could not be converted.
 *
 * Throws a `PluginError`, and writes nothing, if there is no such queue or its job exists.
 *
 * @param terminal to ask on if the queue is missing; by default that of this process
 */
export default async function convertGenerator(
  tree: Tree,
  options: ConvertOptions,
  terminal?: Terminal,
): Promise<GeneratorCallback> {
  const workspace = treeWorkspace(tree);
  const conversion = await planConversion(tree, workspace, options, terminal);
  await conversion.files.apply(tree, options);
  const text = nextSteps(conversion, workspace);
  // With --dry-run there is no afterwards, and this is what it is run for.
  console.log(text);
  return () => undefined;
}
