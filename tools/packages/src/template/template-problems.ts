import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';
import { packageOf } from '../imported-packages';
import { moduleNames } from '../module-names';
import { typesOf } from './template-manifest';

/** The import paths of the packages that are made of projects of this workspace: `nest-job-queue/consumer`. */
export type PublishedPaths = ReadonlySet<string>;

const CODE = /\.[cm]?[jt]sx?$/;

/** What the compiler tries, in place of a name without an ending. */
const ENDINGS = ['', '.ts', '.tsx', '.cjs', '.mjs', '.js', '/index.ts'];

/** A path of a workspace, in code or in a setting. */
const NAMED_PATH = /(?<![\w@./-])(?:apps|libs|tools)\/[\w./-]+\.(?:[cm]?[jt]s|json)\b/g;

/** Our pages and projects, which a new workspace does not have. */
const OURS =
  /(?<![\w/.])(?:docs|libs\/queue|libs\/health|tools\/queue|apps\/e2e)\/|@libs\/(?:queue|health)\b|@tools\/queue\b/;

/**
 * What the files of a new workspace name and do not have: imported files and packages, names that a shortened list of
 * exports has lost, paths in settings, pages and projects of this workspace.
 *
 * @returns a sentence for each, or none
 */
export function templateProblems(
  texts: ReadonlyMap<string, string>,
  published: PublishedPaths,
): string[] {
  const resolve = resolver(texts, published);
  return [...texts].flatMap(([path, text]) => [
    ...(CODE.test(path) ? importProblems(path, text, texts, resolve) : []),
    ...(/\.md$/.test(path) ? [] : (text.match(NAMED_PATH) ?? []))
      .filter((named) => !texts.has(named))
      .map((named) => `${path} names ${named}, which is not in the template.`),
    ...text
      .split('\n')
      .filter((line) => OURS.test(line))
      .map((line) => `${path} speaks of what only this workspace has: ${line.trim()}`),
  ]);
}

/** The file that an import means, `true` for a package, `undefined` for nothing. */
type Resolve = (importer: string, name: string) => string | true | undefined;

function importProblems(
  path: string,
  text: string,
  texts: ReadonlyMap<string, string>,
  resolve: Resolve,
): string[] {
  return moduleNames(text).flatMap((name) => {
    const file = resolve(path, name);
    if (file === undefined) return [`${path} imports ${name}, which is not in the template.`];
    if (file === true || !file.endsWith('/src/index.ts')) return [];
    const exported = exportedNames(texts.get(file) ?? '');
    return namesFrom(path, text, name)
      .filter((each) => !exported.has(each))
      .map((each) => `${path} imports ${each} of ${name}, which is not in the template.`);
  });
}

function resolver(texts: ReadonlyMap<string, string>, published: PublishedPaths): Resolve {
  const { compilerOptions } = read(texts, 'tsconfig.base.json') as {
    compilerOptions: { paths: Record<string, readonly string[]> };
  };
  const { dependencies, devDependencies } = read(texts, 'package.json') as Record<
    'dependencies' | 'devDependencies',
    object
  >;
  const listed = { ...dependencies, ...devDependencies };
  const own = new Set([...published].map(packageOf));
  const find = (place: string) =>
    ENDINGS.map((ending) => `${place}${ending}`).find((each) => texts.has(each));
  return (importer, name) => {
    if (name.startsWith('.')) return find(posix.join(posix.dirname(importer), name));
    for (const [pattern, [target = '']] of Object.entries(compilerOptions.paths)) {
      const [start = '', end] = pattern.split('*');
      const isMatch =
        end === undefined ? name === start : name.startsWith(start) && name.endsWith(end);
      const part = name.slice(start.length);
      if (isMatch) return find(target.replace('./', '').replace('*', part));
    }
    const isListed = [packageOf(name), typesOf(packageOf(name))].some((each) => each in listed);
    const isThere = own.has(packageOf(name)) ? published.has(name) : isListed;
    return isBuiltin(name) || isThere ? true : undefined;
  };
}

function read(texts: ReadonlyMap<string, string>, path: string): unknown {
  return JSON.parse(texts.get(path) ?? '{}');
}

/** The names that a file imports, or exports again, from a module. */
function namesFrom(path: string, text: string, module: string): string[] {
  return ts
    .createSourceFile(path, text, ts.ScriptTarget.Latest)
    .statements.filter((each) => ts.isImportDeclaration(each))
    .filter(({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text === module)
    .flatMap(({ importClause }) => {
      const bindings = importClause?.namedBindings;
      return bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
    })
    .map(({ propertyName, name }) => (propertyName ?? name).text);
}

/** The names that a list of exports has. */
function exportedNames(text: string): Set<string> {
  return new Set(
    ts
      .createSourceFile('index.ts', text, ts.ScriptTarget.Latest)
      .statements.filter((each) => ts.isExportDeclaration(each))
      .flatMap(({ exportClause }) =>
        exportClause && ts.isNamedExports(exportClause) ? exportClause.elements : [],
      )
      .map(({ name }) => name.text),
  );
}
