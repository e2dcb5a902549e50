import type {
  Contract,
  IsolationKind,
  Processor,
  Project,
  QueueWorkspace,
} from '../../workspace/index';
import {
  ISOLATION_KINDS,
  listContracts,
  listProcessors,
  sandboxPath,
  TAGS,
} from '../../workspace/index';
import { chooseProject } from './choose-project';
import { ConcurrencyError } from './concurrency.error';
import type { ContractTarget } from './contract-target';
import { contractTarget } from './contract-target';
import { IsolationError } from './isolation.error';
import {
  FileExistsError,
  JobExistsError,
  JobTakenError,
  SimilarJobError,
} from './job-exists.error';
import type { JobNames } from './job-name';
import { jobNames } from './job-name';
import type { ProcessorOptions } from './schema';

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
  /** The test to write; `undefined` if there is to be none. */
  spec: string | undefined;
  /** The test that is there already beside an adopted contract. */
  keptSpec: string | undefined;
  service: string | undefined;
  /** Where its jobs run, if not in the worker itself. */
  isolation: IsolationKind | undefined;
  /** What the children of isolated processors run, to be written; `undefined` if it is there or not needed. */
  sandbox: string | undefined;
  /** Files that exist and are overwritten, because of `--force`. */
  overwritten: string[];
}

/** Throws a `PluginError` for everything that stands in the way. */
export async function planProcessor(
  workspace: QueueWorkspace,
  options: ProcessorOptions,
): Promise<ProcessorPlan> {
  const names = jobNames(options.name);
  requireConcurrency(options.concurrency);
  const isolation = isolationKind(options.isolation);
  const worker = await chooseProject({
    role: 'worker',
    option: 'worker',
    tag: TAGS.worker,
    given: options.worker,
    projects: workspace.workers,
  });
  const contracts = listContracts(workspace);
  const existing = contracts.find(({ name }) => name === names.job);
  refuseSimilar(names.job, contracts);

  const folder = `${worker.sourceRoot}/processors/${names.job}`;
  const processor = `${folder}/${names.job}.processor.ts`;
  const processors = workspace.workers.flatMap((each) =>
    listProcessors(workspace, each, contracts),
  );
  refuseTaken(names.job, processor, processors);

  const adopted = existing && !workspace.files.exists(processor) ? existing : undefined;
  const contract = await planContract(workspace, options, names.job, contracts, existing);
  const spec = `${folder}/${names.job}.processor.spec.ts`;
  const sandbox = sandboxPath(worker);
  const keepsSpec = adopted !== undefined && workspace.files.exists(spec);
  const plan: ProcessorPlan = {
    given: options.name,
    names,
    worker,
    contract,
    adopted,
    processor,
    spec: options.skipTests || keepsSpec ? undefined : spec,
    keptSpec: keepsSpec ? spec : undefined,
    service: options.service ? `${folder}/${names.job}.service.ts` : undefined,
    isolation,
    sandbox: isolation && !workspace.files.exists(sandbox) ? sandbox : undefined,
    overwritten: [],
  };

  const present = writtenFiles(plan).filter((file) => workspace.files.exists(file));
  if (present.length > 0 && !options.force) {
    throw existing ? new JobExistsError(names.job, present) : new FileExistsError(present);
  }
  return { ...plan, overwritten: present };
}

/** The files that belong to the new job alone. */
export function writtenFiles(plan: ProcessorPlan): string[] {
  return [
    plan.adopted ? undefined : plan.contract.file,
    plan.processor,
    plan.spec,
    plan.service,
  ].filter((file) => file !== undefined);
}

async function planContract(
  workspace: QueueWorkspace,
  options: ProcessorOptions,
  job: string,
  contracts: readonly Contract[],
  existing: Contract | undefined,
): Promise<ContractTarget> {
  const project = await chooseProject({
    role: 'contracts project',
    option: 'jobs',
    tag: TAGS.jobs,
    given: existing?.project ?? options.jobs,
    projects: workspace.contractProjects,
  });
  const target = contractTarget(workspace, project, contracts, job);
  return existing ? { ...target, file: existing.file } : target;
}

/** Nx checks the type of an integer and not its range. */
function requireConcurrency(concurrency: number | undefined): void {
  if (concurrency !== undefined && !(Number.isSafeInteger(concurrency) && concurrency >= 1)) {
    throw new ConcurrencyError(concurrency);
  }
}

/** Not left to Nx, which would not say what the values mean. */
function isolationKind(given: string | undefined): IsolationKind | undefined {
  if (given === undefined || given === 'none') return undefined;
  const kind = ISOLATION_KINDS.find((known) => known === given);
  if (kind === undefined) throw new IsolationError(given);
  return kind;
}

function refuseSimilar(job: string, contracts: readonly Contract[]): void {
  const squash = (name: string): string => name.replaceAll(/[-_]/g, '').toLowerCase();
  for (const { name, file } of contracts) {
    if (name !== undefined && name !== job && squash(name) === squash(job)) {
      throw new SimilarJobError(job, name, file);
    }
  }
}

function refuseTaken(job: string, target: string, processors: readonly Processor[]): void {
  const taken = processors.find(({ contract, file }) => contract?.name === job && file !== target);
  if (taken) throw new JobTakenError(job, taken.file, taken.worker);
}
