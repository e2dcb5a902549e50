import type { GeneratorCallback, Tree } from '@nx/devkit';
import { PLUGIN_NAME, PluginError, withExternalJob, packageManager } from '../../workspace/index';
import {
  chooseContractTarget,
  type ContractTarget,
  createContract,
  exportContract,
} from '../plan/contract-target';
import { type JobNames, jobNames } from '../plan/job-name';
import { KnownJobs } from '../plan/known-jobs';
import { Plan } from '../plan/plan';
import { treeWorkspace } from '../plan/tree-workspace';
import type { JobOptions } from './job-options';

/**
 * The job that is to be added has a contract already.
 *
 * To do: choose another name, or run the command in the message if it is the processor that is missing.
 */
export class ContractExistsError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_CONTRACT_EXISTS';

  constructor(job: string, file: string) {
    super(
      `Job "${job}" already exists (${file}). Nothing was written. Choose another name. ` +
        `If its processor is missing: ${packageManager().exec} nx g ${PLUGIN_NAME}:processor --job=${job}`,
    );
  }
}

/**
 * `nx g @tools/queue:job <name>`: adds the contract of a job that another workspace or system processes. nx.json lists it,
 * so that `nx sync` misses no processor here.
 *
 * Throws a `PluginError`, and writes nothing, if the name is not valid or the job exists.
 */
export default async function jobGenerator(
  tree: Tree,
  options: JobOptions,
): Promise<GeneratorCallback> {
  const workspace = treeWorkspace(tree);
  const names = jobNames(options.name);
  const { job } = names;
  const jobs = new KnownJobs(workspace);
  const existing = jobs.contractOf(job);
  if (existing) throw new ContractExistsError(job, existing.file);
  jobs.refuseSimilar(job);
  const contract = await chooseContractTarget(workspace, jobs, { job, project: options.jobs });

  const files = new Plan(workspace);
  createContract(files, contract, { ...names, schedule: undefined });
  exportContract(files, contract);
  files.edit('nx.json', (text) => withExternalJob(text, job));
  files.refuseOverwriting(job, false);
  await files.apply(tree, options);
  return () => {
    console.log(nextSteps(options.name, names, contract, workspace.runtime.producer));
  };
}

function nextSteps(
  given: string,
  { job, constant, variable }: JobNames,
  { file, specifier }: ContractTarget,
  producer: string,
): string {
  const { exec } = packageManager();
  return `${given === job ? '' : `\n"${given}" is named "${job}", as Nx names files.`}
Job "${job}" has a contract, ${file}, and no processor here: nx.json lists it among the jobs
that another workspace processes.

Enqueue it from a Nest module, and from a provider or controller in it:
  imports: [QueueModule.forFeature(${constant})]
  constructor(
    @InjectJob(${constant}) private readonly ${variable}Jobs: JobProducer<typeof ${constant}>,
  ) {}

  import { InjectJob, JobProducer, QueueModule } from '${producer}';
  import { ${constant} } from '${specifier}';

Process it here one day:
  ${exec} nx g ${PLUGIN_NAME}:processor --job=${job}
`;
}
