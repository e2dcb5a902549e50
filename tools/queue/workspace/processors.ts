import ts from 'typescript';
import type { Contract } from './contracts';
import { listContracts } from './contracts';
import { readCapacity } from './capacity';
import type { Isolation } from './isolation';
import { readIsolation } from './isolation';
import { findImportedContract } from './find-contract';
import { DEFAULT, exportedNames, topLevelValues, valueOf } from './module-exports';
import type { ImportedName } from './parse-source';
import {
  argumentsOfCall,
  importedNames,
  lineOf,
  parseSource,
  resolveName,
  unwrap,
} from './parse-source';
import type { Project, QueueWorkspace } from './queue-workspace';
import { readOnce } from './read-once';
import { findFiles } from './source-files';

/** The endings of a file that holds the processor of one job; the second one may hold JSX. */
const PROCESSOR_SUFFIXES = ['.processor.ts', '.processor.tsx'] as const;

/** A processor class, as its source shows it: `@JobProcessor(emailJob) export class EmailProcessor`. */
export interface ProcessorClass {
  className: string;
  /** Of its decorator. */
  line: number;
  isExported: boolean;
  /** Whether it is a class expression, which cannot be decorated. */
  isExpression: boolean;
  /** What stands in the brackets of `@JobProcessor(…)`: `emailJob`. */
  argument: string;
  /** Where that comes from; `undefined` if it is not imported. */
  job: ImportedName | undefined;
  /** Where its jobs run, if not in the event loop of the worker. */
  isolation: Isolation | undefined;
  /** How many jobs one worker runs or holds at the same time; undefined: known only at run time. */
  capacity: number | undefined;
}

/** A `*.processor.ts` or `*.processor.tsx` file of a worker. */
export interface Processor {
  worker: string;
  /** Relative to the workspace root. */
  file: string;
  /** There should be exactly one, and it should be exported. */
  classes: readonly ProcessorClass[];
  /** The contract of the job that the first class processes; `undefined` if it cannot be found. */
  contract: Contract | undefined;
}

/** The processors of one worker, sorted by file. Pass `contracts` to read those only once. */
export function listProcessors(
  workspace: QueueWorkspace,
  worker: Project,
  contracts: readonly Contract[] = listContracts(workspace),
): Processor[] {
  const files = findFiles(workspace.files, worker.sourceRoot, ...PROCESSOR_SUFFIXES);
  return files.map((file) => {
    const classes = readProcessorClasses(file, workspace.files.read(file, 'utf-8') ?? '');
    const job = classes[0]?.job;
    return {
      worker: worker.name,
      file,
      classes,
      contract: job && findImportedContract(workspace, contracts, file, job),
    };
  });
}

/** The classes with `@JobProcessor` in the text of one file, in every style of exporting them. */
export const readProcessorClasses = readOnce(processorClasses);

function processorClasses(file: string, text: string): readonly ProcessorClass[] {
  const source = parseSource(file, text);
  const names = importedNames(source);
  const values = topLevelValues(source);
  const exported = exportedNames(source);
  const classes: ProcessorClass[] = [];
  const read = (declared: ts.ClassLikeDeclaration, name: string) => {
    for (const decorator of ts.canHaveDecorators(declared)
      ? (ts.getDecorators(declared) ?? [])
      : []) {
      const [job, options] = argumentsOfCall(decorator.expression, 'JobProcessor', names) ?? [];
      if (!job) continue;
      classes.push({
        className: name,
        line: lineOf(decorator, source),
        isExported: exported.has(name),
        isExpression: ts.isClassExpression(declared),
        argument: job.getText(source),
        job: resolveName(valueOf(job, values), names),
        isolation: readIsolation(options && valueOf(options, values)),
        capacity: readCapacity(options && valueOf(options, values), values),
      });
    }
  };
  for (const statement of source.statements) {
    if (ts.isClassDeclaration(statement)) read(statement, statement.name?.text ?? DEFAULT);
    if (ts.isExportAssignment(statement)) {
      const value = unwrap(statement.expression);
      if (ts.isClassExpression(value)) read(value, value.name?.text ?? DEFAULT);
    }
  }
  for (const [name, initializer] of values) {
    const value = unwrap(initializer);
    if (ts.isClassExpression(value)) read(value, name);
  }
  return classes;
}
