import type { QueueWorkspace } from '../../workspace/index';
import type { JobFiles } from '../plan/job-files';
import type { JobNames } from '../plan/job-name';
import { isSource, listSources } from '../plan/source-list';
import { Symbols } from '../plan/symbols';
import type { TextEdit } from '../plan/text-edits';

/** A name of a program that is derived from that of a job. */
export interface DerivedName {
  file: string;
  name: string;
  next: string;
}

/** What changes because names that are derived from that of the job change. */
export interface RenamedSymbols {
  names: DerivedName[];
  edits: Map<string, TextEdit[]>;
  /** Files that have the new name for something else. */
  clashes: string[];
}

/**
 * Renames the constant of the contract and the classes of the processor, where they are named as the generator names them,
 * with everything that uses them.
 *
 * @param roots of the projects whose files may use them
 */
export function renamedSymbols(
  workspace: QueueWorkspace,
  roots: readonly string[],
  { contract, processor }: JobFiles,
  [before, after]: readonly [JobNames, JobNames],
): RenamedSymbols {
  const own = [contract.file, ...(processor?.files ?? []).filter(isSource)];
  const declared = new Symbols(workspace, own);
  const names = own.flatMap((file) =>
    declared.declared(file).flatMap((name) => {
      const next = derivedName(name, before, after);
      return next === undefined ? [] : [{ file, name, next }];
    }),
  );
  const edits = new Map<string, TextEdit[]>();
  if (names.length === 0) return { names, edits, clashes: [] };
  const words = names.map(({ name }) => name);
  const symbols = new Symbols(workspace, [...own, ...listSources(workspace.files, roots, words)]);
  const clashes = new Set<string>();
  for (const { file, name, next } of names) {
    for (const [path, changes] of symbols.rename(file, name, next)) {
      edits.set(path, [...(edits.get(path) ?? []), ...changes]);
      if (symbols.binds(path, next)) clashes.add(`${path}  ${next}`);
    }
  }
  return { names, edits, clashes: [...clashes].sort() };
}

/** `emailJob` and the classes `EmailProcessor` and `EmailService`; undefined for any other name. */
function derivedName(name: string, before: JobNames, after: JobNames): string | undefined {
  if (name === before.constant) return after.constant;
  const ending = ['Processor', 'Service'].find((each) => name === before.className + each);
  return ending === undefined ? undefined : after.className + ending;
}
