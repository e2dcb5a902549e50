import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { Fence } from './markdown';
import { inWorkspace, workspaceRoot } from './workspace';

/** A TypeScript block, and the page that it stands in. */
export interface Example extends Fence {
  readonly page: string;
}

/** An example's own place in the workspace, where its imports are resolved from. */
interface Source {
  readonly example: Example;
  readonly path: string;
  readonly text: string;
}

/**
 * Type-checks all examples as files of this workspace, in one program.
 *
 * An example whose first line is `// path/of/a/file.ts` stands for that file, which need not exist, so that
 * others can import it. If several stand for one file, the first one is what others import.
 *
 * @returns each error as `page:line: message`
 */
export function typeCheck(examples: readonly Example[]): string[] {
  const sources = place(examples);
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const program = ts.createProgram({
    rootNames: [...texts.keys()],
    options: compilerOptions(),
    host: hostWith(texts),
  });
  return sources.flatMap((source) => errorsOf(program, source));
}

function place(examples: readonly Example[]): Source[] {
  const taken = new Set<string>();
  return examples.map((example, index) => {
    const named = /^\/\/ ((?:apps|libs|tools)\/[\w./-]+\.ts)\b/.exec(example.code)?.[1];
    const own = inWorkspace(named ?? 'docs/example.ts');
    const path =
      named === undefined || taken.has(own) ? join(dirname(own), `docs-example-${index}.ts`) : own;
    taken.add(path);
    const { before, code, after } = example;
    return { example, path, text: `${before}${code}${after}\nexport {};\n` };
  });
}

function compilerOptions(): ts.CompilerOptions {
  const file = inWorkspace('tsconfig.base.json');
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  return ts.parseJsonConfigFileContent(config, ts.sys, workspaceRoot).options;
}

/** Of the files that are the same for every program: parsing them takes as long as checking. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** The files of the workspace, and these. */
function hostWith(texts: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(compilerOptions(), true);
  const folders = new Set([...texts.keys()].flatMap(foldersOf));
  return {
    ...host,
    fileExists: (path) => texts.has(path) || host.fileExists(path),
    readFile: (path) => texts.get(path) ?? host.readFile(path),
    directoryExists: (path) => folders.has(path) || (host.directoryExists?.(path) ?? true),
    getSourceFile(path, options, ...rest) {
      const text = texts.get(path);
      if (text !== undefined) return ts.createSourceFile(path, text, options, true);
      if (!parsed.has(path)) parsed.set(path, host.getSourceFile(path, options, ...rest));
      return parsed.get(path);
    },
  };
}

function foldersOf(path: string): string[] {
  const folder = dirname(path);
  return folder === path ? [folder] : [folder, ...foldersOf(folder)];
}

function errorsOf(program: ts.Program, { example, path }: Source): string[] {
  const file = program.getSourceFile(path);
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  const hidden = example.before.split('\n').length - 1;
  return found.map(({ start = 0, messageText }) => {
    const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) - hidden;
    const message = ts.flattenDiagnosticMessageText(messageText, '\n');
    return `${example.page}:${example.line + line}: ${message}`;
  });
}
