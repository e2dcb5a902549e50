import ts from 'typescript';
import type { Contract } from './contracts';
import { listContracts } from './contracts';
import type { Isolation } from './isolation';
import { readIsolation } from './isolation';
import type { ImportedName } from './parse-source';
import {
  argumentsOfCall,
  importedNames,
  isExported,
  parseSource,
  resolveName,
} from './parse-source';
import type { Project, QueueWorkspace } from './queue-workspace';
import { findFiles } from './source-files';

/** The ending of a file that holds the processor of one job. */
export const PROCESSOR_SUFFIX = '.processor.ts';

/** A processor class, as its source shows it: `@JobProcessor(emailJob) export class EmailProcessor`. */
export interface ProcessorClass {
  className: string;
  isExported: boolean;
  /** What stands in the brackets of `@JobProcessor(…)`: `emailJob`. */
  argument: string;
  /** Where that comes from; `undefined` if it is not imported. */
  job: ImportedName | undefined;
  /** Where its jobs run, if not in the event loop of the worker. */
  isolation: Isolation | undefined;
}

/** A `*.processor.ts` file of a worker. */
export interface Processor {
  worker: string;
  /** Relative to the workspace root. */
  file: string;
  /** There should be exactly one, and it should be exported. */
  classes: ProcessorClass[];
  /** The contract of the job that the first class processes; `undefined` if it cannot be found. */
  contract: Contract | undefined;
}

/** The processors of one worker, sorted by file. Pass `contracts` to read those only once. */
export function listProcessors(
  workspace: QueueWorkspace,
  worker: Project,
  contracts: readonly Contract[] = listContracts(workspace),
): Processor[] {
  return findFiles(workspace.files, worker.sourceRoot, PROCESSOR_SUFFIX).map((file) => {
    const classes = readProcessorClasses(file, workspace.files.read(file, 'utf-8') ?? '');
    return {
      worker: worker.name,
      file,
      classes,
      contract: findContract(workspace, contracts, file, classes[0]?.job),
    };
  });
}

/** The classes with `@JobProcessor` in the text of one file. */
export function readProcessorClasses(file: string, text: string): ProcessorClass[] {
  const source = parseSource(file, text);
  const names = importedNames(source);
  const classes: ProcessorClass[] = [];
  for (const statement of source.statements) {
    if (!ts.isClassDeclaration(statement)) continue;
    for (const decorator of ts.getDecorators(statement) ?? []) {
      const [job, options] = argumentsOfCall(decorator.expression, 'JobProcessor', names) ?? [];
      if (!job) continue;
      classes.push({
        className: statement.name?.text ?? 'default',
        isExported: isExported(statement),
        argument: job.getText(source),
        job: resolveName(job, names),
        isolation: readIsolation(options),
      });
    }
  }
  return classes;
}

/**
 * A contract is imported from its own file, or from a barrel of its project: then the name of the
 * constant decides.
 */
function findContract(
  workspace: QueueWorkspace,
  contracts: readonly Contract[],
  importer: string,
  job: ImportedName | undefined,
): Contract | undefined {
  if (!job) return undefined;
  const file = workspace.imports.fileFor(job.specifier, importer);
  if (!file) return undefined;
  const sameConstant = contracts.filter(({ constant }) => constant === job.imported);
  const direct = sameConstant.find((contract) => contract.file === file);
  if (direct) return direct;
  const barrel = workspace.contractProjects.find(({ root }) => file.startsWith(`${root}/`));
  return sameConstant.find(({ project }) => project === barrel?.name);
}
