import { posix } from 'node:path';
import type { Contract, ContractFile } from './contracts';
import { CONTRACT_SUFFIX, listContractFiles } from './contracts';
import { externalJobs } from './external-jobs';
import type { Processor } from './processors';
import { listProcessors } from './processors';
import type { Project, QueueWorkspace } from './queue-workspace';
import { describeChange, registryPath, renderRegistry } from './registry';
import type { RegistryProblem } from './registry-problem';
import { checkSandboxes } from './check-sandboxes';
import {
  contractDuplicate,
  contractFileProblem,
  contractNameProblem,
  contractWithoutProcessor,
  processorClassProblem,
  processorDuplicate,
  processorWithoutContract,
  registryStale,
} from './registry-problem';

export interface CheckOptions {
  /**
   * Name of a worker: leaves out what only concerns other workers. Default: all workers. A contract
   * without a processor concerns all of them, because no worker owns it.
   */
  worker?: string;
}

/**
 * Whether contracts, processors and registries fit together: every job has one contract and one
 * processor, and every registry lists its worker's processors. No problem: an empty list.
 */
export function checkRegistry(
  workspace: QueueWorkspace,
  options: CheckOptions = {},
): RegistryProblem[] {
  const sources = readSources(workspace);
  const problems = [
    ...problemsIn(workspace, sources),
    ...workspace.workers.flatMap((worker) =>
      checkRegistryFile(workspace, worker, sources.processors),
    ),
  ];
  return problems.filter(
    ({ worker }) =>
      options.worker === undefined || worker === undefined || worker === options.worker,
  );
}

/** The problems in the sources, which a new registry does not fix. */
export function checkSources(workspace: QueueWorkspace): RegistryProblem[] {
  return problemsIn(workspace, readSources(workspace));
}

interface Sources {
  contractFiles: readonly ContractFile[];
  /** Of all workers. */
  processors: readonly Processor[];
}

function readSources(workspace: QueueWorkspace): Sources {
  const contractFiles = listContractFiles(workspace);
  const contracts = contractFiles.flatMap((file) => file.contracts);
  const processors = workspace.workers.flatMap((worker) =>
    listProcessors(workspace, worker, contracts),
  );
  return { contractFiles, processors };
}

function problemsIn(
  workspace: QueueWorkspace,
  { contractFiles, processors }: Sources,
): RegistryProblem[] {
  const contracts = contractFiles.flatMap((file) => file.contracts);
  return [
    ...contractFiles.filter((file) => file.contracts.length !== 1).map(contractFileProblem),
    ...checkContractNames(contracts),
    ...checkProcessors(processors),
    ...checkPairs(contracts, processors, externalJobs(workspace.files)),
    ...checkSandboxes(workspace, processors),
  ];
}

function checkRegistryFile(
  workspace: QueueWorkspace,
  worker: Project,
  processors: readonly Processor[],
): RegistryProblem[] {
  const file = registryPath(worker);
  const current = workspace.files.read(file, 'utf-8') ?? '';
  const own = processors.filter((processor) => processor.worker === worker.name);
  const next = renderRegistry(workspace, worker, own);
  return current === next ? [] : [registryStale(worker, file, describeChange(current, next))];
}

function checkContractNames(contracts: readonly Contract[]): RegistryProblem[] {
  const misnamed = contracts.flatMap((contract) => {
    const expected = posix.basename(contract.file, CONTRACT_SUFFIX);
    return contract.name === expected ? [] : [contractNameProblem(contract, expected)];
  });
  const duplicates = [...groupBy(contracts, ({ name }) => name)].flatMap(([name, same]) =>
    same.length > 1 ? [contractDuplicate(name, same)] : [],
  );
  return [...misnamed, ...duplicates];
}

function checkProcessors(processors: readonly Processor[]): RegistryProblem[] {
  return processors.flatMap((processor) => {
    const [first, second] = processor.classes;
    if (!first || second || first.isExpression || !first.isExported) {
      return [processorClassProblem(processor)];
    }
    return processor.contract ? [] : [processorWithoutContract(processor)];
  });
}

function checkPairs(
  contracts: readonly Contract[],
  processors: readonly Processor[],
  external: ReadonlySet<string>,
): RegistryProblem[] {
  const byJob = groupBy(processors, ({ contract }) => contract?.name);
  const orphans = contracts
    .filter(({ name }) => name !== undefined && !byJob.has(name) && !external.has(name))
    .map(contractWithoutProcessor);
  const duplicates = [...byJob].flatMap(([name, same]) =>
    same.length > 1 ? [processorDuplicate(name, same)] : [],
  );
  return [...orphans, ...duplicates];
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
