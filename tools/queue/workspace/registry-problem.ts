import { PLUGIN_NAME } from './plugin-name';
import type { Contract } from './contracts';
import type { Processor } from './processors';
import type { Project } from './queue-workspace';

/**
 * A reason why the files of a workspace do not show which processor runs which job.
 * `message` says what, where, and what to do.
 */
export interface RegistryProblem {
  kind:
    | 'registry-stale'
    | 'contract-file'
    | 'contract-name'
    | 'contract-duplicate'
    | 'contract-without-processor'
    | 'processor-class'
    | 'processor-without-contract'
    | 'processor-duplicate'
    | 'sandbox-missing';
  message: string;
  /** The file to open, relative to the workspace root. */
  file: string;
  /** The worker whose problem it is; `undefined` if it concerns all of them. */
  worker?: string;
}

export function registryStale(
  worker: Project,
  file: string,
  changes: readonly string[],
): RegistryProblem {
  const details = changes.map((change) => `\n  ${change}`).join('');
  return {
    kind: 'registry-stale',
    file,
    worker: worker.name,
    message: `${file} does not list the processors that worker "${worker.name}" has. Run: npx nx sync${details}`,
  };
}

export function contractFileProblem(file: string, found: number): RegistryProblem {
  const what =
    found === 0
      ? 'exports no job contract'
      : `exports ${found} job contracts, but a file holds exactly one`;
  return {
    kind: 'contract-file',
    file,
    message:
      `${file} ${what}. ` +
      (found === 0
        ? "Write: export const … = defineJob({ name: '…', … }), or rename the file if it is not a contract."
        : 'Move each to a file of its own, named after its job.'),
  };
}

export function contractNameProblem(contract: Contract, expected: string): RegistryProblem {
  const what =
    contract.name === undefined
      ? `must have its name as a string literal`
      : `is named "${contract.name}", but its file is named after "${expected}"`;
  return {
    kind: 'contract-name',
    file: contract.file,
    message:
      `${contract.constant} in ${contract.file} ${what}. ` +
      `Write name: '${expected}'` +
      (contract.name === undefined ? '.' : `, or rename the file to ${contract.name}.job.ts.`),
  };
}

export function contractDuplicate(name: string, contracts: readonly Contract[]): RegistryProblem {
  return {
    kind: 'contract-duplicate',
    file: contracts[0]?.file ?? '',
    message:
      `Two contracts have the name "${name}": ${contracts.map(({ file }) => file).join(' and ')}. ` +
      'They would share one queue. Rename one of them.',
  };
}

export function contractWithoutProcessor(contract: Contract): RegistryProblem {
  const name = contract.name ?? contract.constant;
  return {
    kind: 'contract-without-processor',
    file: contract.file,
    message:
      `Job "${name}" has a contract (${contract.file}) but no worker has a processor for it, ` +
      `so its jobs would wait forever. Run: npx nx g ${PLUGIN_NAME}:processor ${name}, ` +
      `or delete the contract. If another workspace processes it, add "${name}" to ` +
      `sync.generatorOptions["${PLUGIN_NAME}:sync"].externalJobs in nx.json.`,
  };
}

export function processorClassProblem(processor: Processor): RegistryProblem {
  const [first] = processor.classes;
  const what = !first
    ? 'has no class decorated with @JobProcessor(…)'
    : processor.classes.length > 1
      ? `has ${processor.classes.length} classes decorated with @JobProcessor(…), but a file holds exactly one`
      : `does not export its class ${first.className}`;
  const fix = !first
    ? 'Add the decorator, or rename the file if it is not a processor.'
    : processor.classes.length > 1
      ? 'Move each to a file of its own.'
      : `Write: export class ${first.className}.`;
  return {
    kind: 'processor-class',
    file: processor.file,
    worker: processor.worker,
    message: `${processor.file} ${what}. ${fix}`,
  };
}

export function processorWithoutContract(processor: Processor): RegistryProblem {
  const argument = processor.classes[0]?.argument ?? '';
  return {
    kind: 'processor-without-contract',
    file: processor.file,
    worker: processor.worker,
    message:
      `${processor.file} processes "${argument}", which is not a job contract of this workspace. ` +
      'Import the contract from its *.job.ts file; if that was deleted, restore it or delete the processor.',
  };
}

export function processorDuplicate(
  name: string,
  processors: readonly Processor[],
): RegistryProblem {
  const workers = new Set(processors.map(({ worker }) => worker));
  const [worker] = workers;
  return {
    kind: 'processor-duplicate',
    file: processors[0]?.file ?? '',
    ...(workers.size === 1 && worker !== undefined ? { worker } : {}),
    message:
      `Job "${name}" has ${processors.length} processors: ` +
      `${processors.map(({ file }) => file).join(' and ')}. ` +
      'Each job would go to one or the other. Keep one and delete the others.',
  };
}

export function sandboxMissing(
  worker: Project,
  sandbox: string,
  isolated: readonly Processor[],
  consumer: string,
): RegistryProblem {
  const files = isolated.map(({ file }) => file);
  return {
    kind: 'sandbox-missing',
    file: files[0] ?? sandbox,
    worker: worker.name,
    message:
      `${files.join(', ')} ${files.length === 1 ? 'is' : 'are'} isolated, but worker "${worker.name}" has no ` +
      `${sandbox}, which their sandboxes run. Create it with runSandbox of ${consumer} ` +
      `(npx nx g ${PLUGIN_NAME}:processor <name> --isolation=process does), or remove \`isolation\`.`,
  };
}
