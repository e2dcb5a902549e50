import ts from 'typescript';
import { type QueueWorkspace, registryPath } from '../../workspace/index';
import { parseSource } from '../../workspace/parse-source';
import { fileReferences } from './file-references';
import { isSource, listImporters, listSources } from './source-list';
import { Symbols, type SymbolUse } from './symbols';
import type { TextEdit } from './text-edits';

/** What uses files that are to be deleted. */
export interface FileUses {
  /** Lines of other files that would break, sorted. */
  users: SymbolUse[];
  /** The edits, by file, that remove what passes names of theirs on: `export * from './email.job'`. */
  passedOn: Map<string, TextEdit[]>;
}

/**
 * What uses these files, without these files themselves and the registries.
 *
 * @param roots of the projects whose files may use them
 */
export function usesOf(
  workspace: QueueWorkspace,
  roots: readonly string[],
  deleted: readonly string[],
): FileUses {
  const ignored = new Set([...deleted, ...workspace.workers.map(registryPath)]);
  const users: SymbolUse[] = [];
  const passedOn = new Map<string, TextEdit[]>();
  for (const file of listImporters(workspace.files, roots, deleted)) {
    if (ignored.has(file)) continue;
    const references = fileReferences(workspace, file).filter(({ to }) => deleted.includes(to));
    const statements = references.length === 0 ? [] : reExportsOf(workspace, file);
    for (const reference of references) {
      const { start } = reference;
      const statement = statements.find((each) => each.start < start && start < each.end);
      if (statement)
        passedOn.set(file, [...(passedOn.get(file) ?? []), { ...statement, text: '' }]);
      else users.push(reference);
    }
  }
  if (passedOn.size > 0) users.push(...usesByName(workspace, roots, deleted));
  const places = new Map(users.map((user) => [`${user.from}:${user.line}`, user]));
  const found = [...places.values()].filter(
    ({ from }) => !ignored.has(from) && !passedOn.has(from),
  );
  return { users: found.sort((a, b) => compare(a.from, b.from) || a.line - b.line), passedOn };
}

/** What is imported through a barrel does not name the file. */
function usesByName(
  workspace: QueueWorkspace,
  roots: readonly string[],
  deleted: readonly string[],
): SymbolUse[] {
  const sources = deleted.filter(isSource);
  const own = new Symbols(workspace, sources);
  const names = sources.flatMap((file) => own.exported(file).map((name) => ({ file, name })));
  const words = names.map(({ name }) => name);
  if (words.length === 0) return [];
  const symbols = new Symbols(workspace, [
    ...sources,
    ...listSources(workspace.files, roots, words),
  ]);
  return names.flatMap(({ file, name }) => symbols.uses(file, name));
}

/** The statements of a file that pass on names of others, each with the end of its line. */
function reExportsOf({ files }: QueueWorkspace, file: string): Pick<TextEdit, 'start' | 'end'>[] {
  const text = files.read(file, 'utf-8') ?? '';
  const source = parseSource(file, text);
  return source.statements
    .filter((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier)
    .map((statement) => {
      const end = statement.getEnd();
      return { start: statement.getStart(source), end: end + (text[end] === '\n' ? 1 : 0) };
    });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
