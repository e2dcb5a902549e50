import { getProjects, type Tree } from '@nx/devkit';
import ts from 'typescript';
import { listSources } from '../generators/plan/source-list';
import { Symbols } from '../generators/plan/symbols';
import { type TextEdit, writeEdits } from '../generators/plan/text-edits';
import { ImportPaths } from '../workspace/import-paths';
import { importedNames, lineOf, parseSource } from '../workspace/parse-source';

/** What became of the exports of a module in a new version. */
export interface ModuleChanges {
  /** As it is imported. */
  readonly module: string;
  /** The new names of its exports, by the old ones. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** The new names of members of its classes, by class and old name. */
  readonly members?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What to do without exports that are gone, by their names. */
  readonly removed?: Readonly<Record<string, string>>;
}

/** An old name that is left, and what a person is to do. */
type Leftover = string;

/**
 * Renames what a workspace uses of these modules, wherever it is used: through barrels, aliases and namespaces, and not where
 * another thing has the same name. Run again, it changes nothing.
 *
 * @returns what is left to a person, a line each
 */
export function renameExports(tree: Tree, changes: readonly ModuleChanges[]): Leftover[] {
  const roots = [...getProjects(tree).values()].map(({ root }) => root);
  return changes.flatMap((change) => {
    renameMembers(tree, roots, change);
    return [...renameNames(tree, roots, change), ...findRemoved(tree, roots, change)];
  });
}

function renameNames(
  tree: Tree,
  roots: string[],
  { module, renamed = {} }: ModuleChanges,
): Leftover[] {
  const leftovers: Leftover[] = [];
  for (const [name, next] of Object.entries(renamed)) {
    // Read anew: another name may have changed the same files.
    const symbols = symbolsOf(tree, roots, module, name);
    const edits = symbols.rename(stubOf(module), name, next);
    edits.delete(stubOf(module));
    const clashes = [...edits.keys()].filter((file) => symbols.binds(file, next));
    if (clashes.length > 0) {
      leftovers.push(
        `"${name}" of ${module} is "${next}" now, which something else is called in ${clashes.join(', ')}. Rename it by hand.`,
      );
      continue;
    }
    writeEdits(tree, edits);
  }
  return leftovers;
}

/** A module that has the name which is looked for, and nothing else, in place of the package. */
function symbolsOf(tree: Tree, roots: string[], module: string, name: string): Symbols {
  const stub = stubOf(module);
  const imports = new ImportPaths(tree, roots);
  const files = {
    read: (path: string) => (path === stub ? `export class ${name} {}` : tree.read(path, 'utf-8')),
    isFile: (path: string) => path === stub || tree.isFile(path),
  };
  const fileFor = (specifier: string, importer: string) =>
    specifier === module ? stub : imports.fileFor(specifier, importer);
  // Through a barrel, a file may use what it does not name: so all that name one of both.
  const sources = listSources(tree, roots, [name, module]);
  return new Symbols({ files, imports: { fileFor } }, [stub, ...sources]);
}

function stubOf(module: string): string {
  return `node_modules/${module}/stub.ts`;
}

function renameMembers(tree: Tree, roots: string[], { module, members = {} }: ModuleChanges): void {
  for (const [className, names] of Object.entries(members)) {
    for (const file of listSources(tree, roots, Object.keys(names))) {
      const source = parseSource(file, tree.read(file, 'utf-8') ?? '');
      if (!uses(source, module, className)) continue;
      const edits: TextEdit[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isPropertyAccessExpression(node)) {
          const { name } = node;
          const next = names[name.text];
          if (next !== undefined)
            edits.push({ start: name.getStart(source), end: name.end, text: next });
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
      if (edits.length > 0) writeEdits(tree, new Map([[file, edits]]));
    }
  }
}

function uses(source: ts.SourceFile, module: string, name: string): boolean {
  return [...importedNames(source).values()].some(
    ({ specifier, imported }) => specifier === module && imported === name,
  );
}

function findRemoved(
  tree: Tree,
  roots: string[],
  { module, removed = {} }: ModuleChanges,
): Leftover[] {
  return listSources(tree, roots, Object.keys(removed)).flatMap((file) => {
    const source = parseSource(file, tree.read(file, 'utf-8') ?? '');
    return source.statements.flatMap((statement) => {
      if (!ts.isImportDeclaration(statement)) return [];
      if ((statement.moduleSpecifier as ts.StringLiteral).text !== module) return [];
      const bindings = statement.importClause?.namedBindings;
      if (!bindings || !ts.isNamedImports(bindings)) return [];
      return bindings.elements.flatMap((element) => {
        const { text } = element.propertyName ?? element.name;
        const advice = removed[text];
        return advice === undefined
          ? []
          : [
              `${file}:${lineOf(element, source)} imports ${text}, which ${module} no longer exports. ${advice}`,
            ];
      });
    });
  });
}
