import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formatFiles, generateFiles, getProjects } from '@nx/devkit';
import { posix } from 'node:path';
import type { QueueWorkspace } from '../../workspace/index';
import { checkSources, readQueueWorkspace, writeRegistries } from '../../workspace/index';
import { withExport } from './contract-target';
import { nextSteps } from './next-steps';
import type { ProcessorPlan } from './plan';
import { planProcessor } from './plan';
import type { ProcessorOptions } from './schema';
import { writeService } from './write-service';

/**
 * `nx g @tools/queue:processor <name>`: adds a job, that is its contract, its processor, a test, and
 * its entry in the worker's registry.
 *
 * Throws a `PluginError`, and writes nothing, if the name is no good or the job exists.
 */
export default async function processorGenerator(
  tree: Tree,
  options: ProcessorOptions,
): Promise<GeneratorCallback> {
  const workspace = readQueueWorkspace(tree, Object.fromEntries(getProjects(tree)));
  const plan = await planProcessor(workspace, options);

  writeContract(tree, workspace, plan);
  if (plan.service !== undefined) await writeService(tree, plan.service);
  writeProcessor(tree, workspace, plan, options.concurrency);
  if (plan.sandbox !== undefined) {
    writeTemplate(tree, 'sandbox', plan.sandbox, { runtime: workspace.runtime });
  }
  if (!options.skipFormat) await formatFiles(tree);
  // After formatting, which must leave the registry as `nx sync` writes it.
  writeRegistries(workspace, (path, content) => {
    tree.write(path, content);
  });

  return () => {
    console.log(nextSteps(plan, workspace));
    for (const { message } of checkSources(workspace)) console.warn(`\n${message}`);
  };
}

function writeContract(tree: Tree, workspace: QueueWorkspace, plan: ProcessorPlan): void {
  const { file, barrel } = plan.contract;
  if (!plan.adopted) {
    writeTemplate(tree, 'contract', file, { ...plan.names, runtime: workspace.runtime });
  }
  if (barrel !== undefined) {
    tree.write(barrel, withExport(barrel, tree.read(barrel, 'utf-8') ?? '', file));
  }
}

function writeProcessor(
  tree: Tree,
  workspace: QueueWorkspace,
  plan: ProcessorPlan,
  concurrency: number | undefined,
): void {
  const substitutions = {
    ...plan.names,
    constant: plan.adopted?.constant ?? plan.names.constant,
    contract: plan.contract.specifier,
    adopted: plan.adopted,
    options: decoratorOptions(plan, concurrency),
    service: plan.service !== undefined,
    runtime: workspace.runtime,
  };
  writeTemplate(tree, 'processor', plan.processor, substitutions);
  if (plan.spec !== undefined) writeTemplate(tree, 'spec', plan.spec, substitutions);
}

/** What follows the contract in `@JobProcessor(emailJob, …)`; formatted later. */
function decoratorOptions(plan: ProcessorPlan, concurrency: number | undefined): string {
  const options = [
    concurrency === undefined ? '' : `concurrency: ${concurrency}`,
    plan.isolation === undefined ? '' : `isolation: '${plan.isolation}'`,
    plan.service === undefined ? '' : `providers: [${plan.names.className}Service]`,
  ].filter((option) => option !== '');
  return options.length === 0 ? '' : `, { ${options.join(', ')} }`;
}

/** Each folder of templates holds one file, so that each file can go where the plan says. */
function writeTemplate(tree: Tree, template: string, file: string, substitutions: object): void {
  generateFiles(tree, posix.join(__dirname, 'files', template), posix.dirname(file), {
    ...substitutions,
    fileName: posix.basename(file),
  });
}
