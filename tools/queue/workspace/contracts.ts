import ts from 'typescript';
import {
  argumentsOfCall,
  importedNames,
  isExported,
  parseSource,
  propertyOf,
} from './parse-source';
import type { QueueWorkspace } from './queue-workspace';
import { findFiles } from './source-files';

/** The ending of a file that holds the contract of one job. */
export const CONTRACT_SUFFIX = '.job.ts';

/** A job's contract, as its source shows it: `export const emailJob = defineJob({ name: 'email' })`. */
export interface Contract {
  /** Relative to the workspace root. */
  file: string;
  /** The project that the file belongs to. */
  project: string;
  /** The exported constant: `emailJob`. */
  constant: string;
  /** The job's name and its queue's; `undefined` if it is not written as a string literal. */
  name: string | undefined;
  /** Whether its jobs have a result; without one the processor returns nothing. */
  hasResult: boolean;
}

/** A `*.job.ts` file and the contracts in it. There should be exactly one. */
export interface ContractFile {
  file: string;
  contracts: Contract[];
}

/** Every contract of the workspace, sorted by file. */
export function listContracts(workspace: QueueWorkspace): Contract[] {
  return listContractFiles(workspace).flatMap(({ contracts }) => contracts);
}

export function listContractFiles(workspace: QueueWorkspace): ContractFile[] {
  return workspace.contractProjects.flatMap((project) =>
    findFiles(workspace.files, project.sourceRoot, CONTRACT_SUFFIX).map((file) => ({
      file,
      contracts: readContracts(file, workspace.files.read(file, 'utf-8') ?? '', project.name),
    })),
  );
}

/** The contracts that the text of one file exports. */
export function readContracts(file: string, text: string, project: string): Contract[] {
  const source = parseSource(file, text);
  const names = importedNames(source);
  const contracts: Contract[] = [];
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement) || !isExported(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      const definition = argumentsOfCall(initializer, 'defineJob', names)?.[0];
      if (!definition || !ts.isIdentifier(name)) continue;
      const nameValue = propertyOf(definition, 'name');
      contracts.push({
        file,
        project,
        constant: name.text,
        name: nameValue && ts.isStringLiteralLike(nameValue) ? nameValue.text : undefined,
        hasResult: propertyOf(definition, 'result') !== undefined,
      });
    }
  }
  return contracts;
}
