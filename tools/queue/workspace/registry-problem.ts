import { PLUGIN_NAME } from './plugin-name';
import type { Contract, ContractFile } from './contracts';
import { DEFAULT } from './module-exports';
import type { Processor } from './processors';
import type { Project } from './queue-workspace';
import { packageManager } from './package-manager';

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
    message: `${file} does not list the processors that worker "${worker.name}" has. Run: ${packageManager().exec} nx sync${details}`,
  };
}

export function contractFileProblem({
  file,
  contracts,
  unexported: [hidden],
  passedOn: [other],
}: ContractFile): RegistryProblem {
  const problem = (line: number | undefined, rest: string): RegistryProblem => ({
    kind: 'contract-file',
    file,
    message: `${line === undefined ? file : `${file}:${line}`} ${rest}`,
  });
  if (contracts.length > 1) {
    const lines = contracts.map(({ constant, line }) => `${constant} in line ${line}`).join(', ');
    return problem(
      undefined,
      `exports ${contracts.length} job contracts (${lines}), but a file holds exactly one. ` +
        'Move each to a file of its own, named after its job.',
    );
  }
  if (hidden) {
    return problem(
      hidden.line,
      `defines the contract ${hidden.constant} and does not export it. Write: export const ${hidden.constant} = defineJob(…).`,
    );
  }
  if (other) {
    return problem(
      other.line,
      `exports what is defined in '${other.specifier}', and no job contract of its own. ` +
        'Define the contract here, or give the file another name than one that ends in .job.ts.',
    );
  }
  return problem(
    undefined,
    "exports no job contract: there is no call of defineJob that is exported by itself. Write: export const … = defineJob({ name: '…', … }), " +
      'or rename the file if it is not a contract.',
  );
}

export function contractNameProblem(contract: Contract, expected: string): RegistryProblem {
  const what =
    contract.name === undefined
      ? `has a name that is not written in this file as a string, so that it cannot be read without running it`
      : `is named "${contract.name}", but its file is named after "${expected}"`;
  return {
    kind: 'contract-name',
    file: contract.file,
    message:
      `The contract ${contract.constant} in ${contract.file}:${contract.line} ${what}. ` +
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
      `so its jobs would wait forever. Run: ${packageManager().exec} nx g ${PLUGIN_NAME}:processor ${name}, ` +
      `or delete the contract. If another workspace processes it, add "${name}" to ` +
      `sync.generatorOptions["${PLUGIN_NAME}:sync"].externalJobs in nx.json.`,
  };
}

export function processorClassProblem(processor: Processor): RegistryProblem {
  return {
    kind: 'processor-class',
    file: processor.file,
    worker: processor.worker,
    message: processorClassMessage(processor),
  };
}

function processorClassMessage({ file, classes }: Processor): string {
  const [first] = classes;
  if (!first) {
    return (
      `${file} has no class decorated with @JobProcessor(…). ` +
      'Add the decorator to its class, or rename the file if it is not a processor.'
    );
  }
  const { className, line } = first;
  if (classes.length > 1) {
    const lines = classes.map((found) => `${found.className} in line ${found.line}`).join(', ');
    return (
      `${file} has ${classes.length} classes decorated with @JobProcessor(…) (${lines}), ` +
      'but a file holds exactly one. Move each to a file of its own.'
    );
  }
  if (first.isExpression) {
    return (
      `${file}:${line} decorates a class expression, which TypeScript does not compile. ` +
      `Write: @JobProcessor(${first.argument}) export class ${className === DEFAULT ? 'SomeProcessor' : className}.`
    );
  }
  return `${file}:${line} does not export the class ${className}. Write: export class ${className}.`;
}

export function processorWithoutContract(processor: Processor): RegistryProblem {
  const { argument = '', line = 1, job } = processor.classes[0] ?? {};
  const what =
    job === undefined
      ? `processes ${argument}, which this file does not import: producers need the same contract. ` +
        'Define it in a *.job.ts file of the contracts, and import it.'
      : `processes "${argument}", which is not a job contract of this workspace: no *.job.ts file exports ` +
        `the ${job.imported} of '${job.specifier}'. Import the contract from its *.job.ts file; if that was deleted, ` +
        'restore it or delete the processor.';
  return {
    kind: 'processor-without-contract',
    file: processor.file,
    worker: processor.worker,
    message: `${processor.file}:${line} ${what}`,
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
      `(${packageManager().exec} nx g ${PLUGIN_NAME}:processor <name> --isolation=process does), or remove \`isolation\`.`,
  };
}
