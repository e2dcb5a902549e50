import ts from 'typescript';
import { DEFAULT, exportedNames, reExports, topLevelValues, valueOf } from './module-exports';
import {
  argumentsOfCall,
  importedNames,
  lineOf,
  parseSource,
  propertyOf,
  unwrap,
} from './parse-source';
import type { QueueWorkspace } from './queue-workspace';
import { readOnce } from './read-once';
import { findFiles } from './source-files';

/** The ending of a file that holds the contract of one job. */
export const CONTRACT_SUFFIX = '.job.ts';

/** A job's contract, as its source shows it: `export const emailJob = defineJob({ name: 'email' })`. */
export interface Contract {
  /** Relative to the workspace root. */
  file: string;
  /** Where `defineJob` is called. */
  line: number;
  /** The project that the file belongs to. */
  project: string;
  /** The name to import: `emailJob`, or `default`. */
  constant: string;
  /** Further names that it is exported under. */
  aliases: string[];
  /** The job's name and its queue's; `undefined` if its text is not written in the file. */
  name: string | undefined;
  /** Whether its jobs have a result; without one the processor returns nothing. */
  hasResult: boolean;
  /** Whether a worker has to be there when its jobs are due: it has a schedule, or its source does not show that it has none. */
  needsWorker: boolean;
}

/** A `*.job.ts` file and the contracts in it. There should be exactly one. */
export interface ContractFile {
  file: string;
  contracts: Contract[];
  /** Contracts that it defines and does not export. */
  unexported: { constant: string; line: number }[];
  /** What it passes on from other files. */
  passedOn: { specifier: string; line: number }[];
}

/** Every contract of the workspace, sorted by file. */
export function listContracts(workspace: QueueWorkspace): Contract[] {
  return listContractFiles(workspace).flatMap(({ contracts }) => contracts);
}

export function listContractFiles(workspace: QueueWorkspace): ContractFile[] {
  return workspace.contractProjects.flatMap((project) =>
    findFiles(workspace.files, project.sourceRoot, CONTRACT_SUFFIX).map((file) =>
      readContractFile(file, workspace.files.read(file, 'utf-8') ?? '', project.name),
    ),
  );
}

/** The contracts in the text of one file, in every style of exporting them. */
export const readContractFile = readOnce(contractFile);

function contractFile(file: string, text: string, project: string): ContractFile {
  const source = parseSource(file, text);
  const names = importedNames(source);
  const values = topLevelValues(source);
  const exported = exportedNames(source);
  const found: ContractFile = { file, contracts: [], unexported: [], passedOn: [] };
  const read = (expression: ts.Expression, exports: readonly string[], local: string) => {
    const argument = argumentsOfCall(expression, 'defineJob', names)?.[0];
    if (!argument) return;
    const line = lineOf(expression, source);
    const [constant, ...aliases] = exports;
    if (constant === undefined) {
      found.unexported.push({ constant: local, line });
      return;
    }
    const definition = valueOf(argument, values);
    const written = propertyOf(definition, 'name');
    const name = written && valueOf(written, values);
    found.contracts.push({
      file,
      line,
      project,
      constant,
      aliases,
      name: name && ts.isStringLiteralLike(name) ? name.text : undefined,
      hasResult: propertyOf(definition, 'result') !== undefined,
      needsWorker: propertyOf(definition, 'schedule') !== undefined || !isWrittenOut(definition),
    });
  };
  for (const [local, value] of values) read(value, exported.get(local) ?? [], local);
  for (const statement of source.statements) {
    if (ts.isExportAssignment(statement)) read(statement.expression, [DEFAULT], DEFAULT);
  }
  found.passedOn = reExports(source).map(({ specifier, statement }) => ({
    specifier,
    line: lineOf(statement, source),
  }));
  return found;
}

/** Whether an object has all its properties in its own braces. */
function isWrittenOut(expression: ts.Expression): boolean {
  const literal = unwrap(expression);
  return ts.isObjectLiteralExpression(literal) && !literal.properties.some(ts.isSpreadAssignment);
}
