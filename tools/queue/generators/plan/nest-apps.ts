import { posix } from 'node:path';
import ts from 'typescript';
import { type ProjectEntry, type QueueWorkspace, TAGS } from '../../workspace/index';
import { exportedNames } from '../../workspace/module-exports';
import { argumentsOfCall, importedNames, parseSource } from '../../workspace/parse-source';

/** A Nest application of the workspace that is no worker. */
export interface NestApp extends ProjectEntry {
  name: string;
  /** The file that creates it. */
  main: string;
  /** The file of its root module; undefined if the sources do not show it. */
  moduleFile: string | undefined;
  /** The class in it. */
  moduleClass: string | undefined;
}

/** Every project whose `main.ts` creates a Nest application, by name. */
export function nestApps(
  { files, imports }: QueueWorkspace,
  projects: Readonly<Record<string, ProjectEntry>>,
): NestApp[] {
  return Object.entries(projects)
    .filter(([, { tags }]) => !tags?.includes(TAGS.worker))
    .flatMap(([name, project]) => {
      const { root, sourceRoot = posix.join(root, 'src') } = project;
      const main = posix.join(sourceRoot, 'main.ts');
      const text = files.isFile(main) ? (files.read(main, 'utf-8') ?? '') : '';
      if (!/\bNestFactory\b/.test(text)) return [];
      const source = parseSource(main, text);
      const imported = rootModule(source);
      const moduleFile = imported && imports.fileFor(imported.specifier, main);
      return [{ ...project, name, main, moduleFile, moduleClass: imported?.imported }];
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** What is passed to `NestFactory.create(AppModule)`, if it is imported. */
function rootModule(source: ts.SourceFile): { specifier: string; imported: string } | undefined {
  const names = importedNames(source);
  let found: { specifier: string; imported: string } | undefined;
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.expression.getText(source) === 'NestFactory'
    ) {
      const [module] = node.arguments;
      if (module && ts.isIdentifier(module)) found ??= names.get(module.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The object in `@Module({ … })` of an exported class. */
export function moduleMetadata(
  source: ts.SourceFile,
  className: string,
): ts.ObjectLiteralExpression | undefined {
  const names = importedNames(source);
  const exported = exportedNames(source);
  for (const statement of source.statements) {
    if (!ts.isClassDeclaration(statement) || statement.name === undefined) continue;
    if (!exported.get(statement.name.text)?.includes(className)) continue;
    for (const { expression } of ts.getDecorators(statement) ?? []) {
      const [metadata] = argumentsOfCall(expression, 'Module', names) ?? [];
      if (metadata && ts.isObjectLiteralExpression(metadata)) return metadata;
    }
  }
  return undefined;
}
