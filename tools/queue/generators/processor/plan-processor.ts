import { join } from 'node:path';
import type { Contract, IsolationKind, Project, QueueWorkspace } from '../../workspace/index';
import { externalJobs, sandboxPath, TAGS, withoutExternalJob } from '../../workspace/index';
import { chooseProject } from '../plan/choose-project';
import type { ContractTarget } from '../plan/contract-target';
import { chooseContractTarget, createContract, exportContract } from '../plan/contract-target';
import type { JobNames } from '../plan/job-name';
import { jobNames } from '../plan/job-name';
import { KnownJobs } from '../plan/known-jobs';
import { Plan } from '../plan/plan';
import type { ProcessorOptions } from './processor-options';
import { isolationKind, requireBatch, requireConcurrency } from './processor-options';
import {
  checkByRuntime,
  givenSchedule,
  type GivenSchedule,
  refuseSchedule,
  requireValid,
  type ScheduleCheck,
} from './schedule-options';
import { writeService } from './write-service';

/** Everything that is decided before the first file is written. */
export interface ProcessorPlan {
  /** What the person typed. */
  given: string;
  names: JobNames;
  worker: Project;
  contract: ContractTarget;
  /** The contract that is there already, without a processor: it is used as it is. */
  adopted: Contract | undefined;
  processor: string;
  /** Whether another workspace has processed it, by nx.json, which says so no more. */
  wasExternal: boolean;
  /** The test that is there already beside an adopted contract. */
  keptSpec: string | undefined;
  /** Where its jobs run, if not in the worker itself. */
  isolation: IsolationKind | undefined;
  /** What a sandbox runs, to be written; `undefined` if it is there or not needed. */
  sandbox: string | undefined;
  /** Files that exist and are overwritten, because of `--force`. */
  overwritten: string[];
  files: Plan;
}

/** Throws a `PluginError` for everything that stands in the way. */
export async function planProcessor(
  workspace: QueueWorkspace,
  options: ProcessorOptions,
  { root, check = checkByRuntime }: { root: string; check?: ScheduleCheck },
): Promise<ProcessorPlan> {
  const names = jobNames(options.name);
  const { job } = names;
  requireConcurrency(options.concurrency);
  requireBatch(options);
  const isolation = isolationKind(options.isolation);
  const schedule = givenSchedule(options);
  const worker = await chooseProject({
    role: 'worker',
    option: 'worker',
    tag: TAGS.worker,
    given: options.worker,
    projects: workspace.workers,
  });
  const folder = `${worker.sourceRoot}/processors/${job}`;
  const processor = `${folder}/${job}.processor.ts`;
  const spec = `${folder}/${job}.processor.spec.ts`;
  const sandbox = sandboxPath(worker);

  const jobs = new KnownJobs(workspace);
  jobs.refuseSimilar(job);
  jobs.refuseTaken(job, processor);
  const existing = jobs.contractOf(job);
  const adopted = existing && !workspace.files.exists(processor) ? existing : undefined;
  if (adopted && schedule) refuseSchedule(adopted.file, schedule);
  const wasExternal = externalJobs(workspace.files).has(job);
  const keptSpec = adopted && workspace.files.exists(spec) ? spec : undefined;
  const contract = await chooseContractTarget(workspace, jobs, { job, project: options.jobs });

  const files = new Plan(workspace);
  const values = {
    ...names,
    ...importedContract(adopted, names),
    contract: contract.specifier,
    adopted,
    options: decoratorOptions(names, options, isolation),
    service: options.service ?? false,
    schedule: schedule && contractSchedule(schedule),
  };
  if (!adopted) createContract(files, contract, values);
  exportContract(files, contract);
  if (wasExternal) files.edit('nx.json', (text) => withoutExternalJob(text, job));
  const kind = options.batch === undefined ? 'processor' : 'batch-processor';
  files.create(processor, templates(kind), values);
  if (!options.skipTests && !keptSpec) files.create(spec, templates('spec'), values);
  if (options.service) {
    const service = `${folder}/${job}.service.ts`;
    files.createBy(service, (tree) => writeService(tree, service));
  }
  const needsSandbox = isolation !== undefined && !workspace.files.exists(sandbox);
  if (needsSandbox) files.create(sandbox, templates('sandbox'), values);
  if (!options.force) files.refuseOverwriting(job, existing !== undefined, { canForce: true });
  // Last, because it takes a second.
  if (schedule) await requireValid(check, root, workspace, job, schedule);

  return {
    given: options.name,
    names,
    worker,
    contract,
    adopted,
    processor,
    wasExternal,
    keptSpec,
    isolation,
    sandbox: needsSandbox ? sandbox : undefined,
    overwritten: files.overwritten,
    files,
  };
}

/** What the contract is called in the new files, and how it is imported. */
export function importedContract(
  adopted: Contract | undefined,
  { constant }: JobNames,
): { constant: string; imported: string } {
  if (adopted?.constant === 'default') return { constant, imported: `default as ${constant}` };
  const name = adopted?.constant ?? constant;
  return { constant: name, imported: name };
}

/** Each folder of templates holds one file, so that each file can go where the plan says. */
function templates(name: string): string {
  return join(__dirname, 'files', name);
}

/** With data that the contract accepts; formatted later. */
function contractSchedule(schedule: GivenSchedule): string {
  return JSON.stringify({ ...schedule, data: { id: 'scheduled' } });
}

/** What follows the contract in `@JobProcessor(emailJob, …)`; formatted later. */
function decoratorOptions(
  { className }: JobNames,
  { concurrency, batch, service }: ProcessorOptions,
  isolation: IsolationKind | undefined,
): string {
  const options = [
    concurrency === undefined ? '' : `concurrency: ${concurrency}`,
    batch === undefined ? '' : `batch: { size: ${batch} }`,
    isolation === undefined ? '' : `isolation: '${isolation}'`,
    service ? `providers: [${className}Service]` : '',
  ].filter((option) => option !== '');
  return options.length === 0 ? '' : `, { ${options.join(', ')} }`;
}
