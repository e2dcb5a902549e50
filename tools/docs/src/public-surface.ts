import { join } from 'node:path';
import ts from 'typescript';
import { declarationText, namedIn, withoutAlias } from './declaration-text';

/** A module that others import: its name, and its file. */
export interface EntryPoint {
  readonly name: string;
  readonly file: string;
}

/** What one entry point offers to those who import it: declarations, sorted by name. */
export interface Surface {
  readonly name: string;
  readonly exported: readonly string[];
  /** Types of the library that those mention, and that no entry point exports. */
  readonly mentioned: readonly string[];
}

/**
 * What the compiler would write into the `.d.ts` files of a library, reduced to what importers of its
 * entry points can see: no bodies, no comments, no private members.
 *
 * @param library the folder of the library, with its `tsconfig.json`
 *
 * A first program writes the declarations; a second one follows the names in them.
 */
export function publicSurfaces(library: string, entries: readonly EntryPoint[]): Surface[] {
  const files = entries.map(({ file }) => file);
  const program = declarationsProgram(library, files);
  const checker = program.getTypeChecker();
  const exports = files.map((file) => exportsOf(program, asDeclaration(file)));
  const exported = new Set(exports.flat());
  const isOwn = (node: ts.Declaration) => node.getSourceFile().fileName.startsWith(`${library}/`);

  return entries.map(({ name }, index) => {
    const symbols = exports[index] ?? [];
    const mentioned = new Set(symbols);
    for (const symbol of mentioned) {
      if (exported.has(symbol) && !symbols.includes(symbol)) continue;
      for (const declaration of (symbol.declarations ?? []).filter(isOwn)) {
        for (const named of namedIn(declaration, checker)) mentioned.add(named);
      }
    }
    const hidden = [...mentioned].filter(
      (symbol) => !exported.has(symbol) && symbol.declarations?.some(isOwn),
    );
    return { name, exported: textsOf(symbols), mentioned: textsOf(hidden) };
  });
}

function exportsOf(program: ts.Program, file: string): ts.Symbol[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} exports nothing.`);
  return checker.getExportsOfModule(module).map((symbol) => withoutAlias(symbol, checker));
}

function textsOf(symbols: readonly ts.Symbol[]): string[] {
  return [...symbols]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ declarations = [] }) => declarations.map(declarationText));
}

/** A program of the declarations that the compiler writes for these files, which are in no folder. */
function declarationsProgram(library: string, files: readonly string[]): ts.Program {
  const options = compilerOptions(library);
  const disk = ts.createCompilerHost(options);
  const parsed = new Map<string, ts.SourceFile | undefined>();
  const host: ts.CompilerHost = {
    ...disk,
    // Both programs need the same packages, and parsing them takes longest.
    getSourceFile(path, ...rest) {
      if (!parsed.has(path)) parsed.set(path, disk.getSourceFile(path, ...rest));
      return parsed.get(path);
    },
  };
  const declarations = new Map<string, string>();
  const write = (path: string, text: string) => declarations.set(path, text);
  ts.createProgram(files, options, host).emit(undefined, write, undefined, true);

  return ts.createProgram(files.map(asDeclaration), options, {
    ...host,
    fileExists: (path) =>
      declarations.has(path) || (!declarations.has(asDeclaration(path)) && disk.fileExists(path)),
    getSourceFile(path, target, ...rest) {
      const text = declarations.get(path);
      return text === undefined
        ? host.getSourceFile(path, target, ...rest)
        : ts.createSourceFile(path, text, target, true);
    },
  });
}

function compilerOptions(library: string): ts.CompilerOptions {
  const file = join(library, 'tsconfig.json');
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, library);
  return {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    // The workspace is type-checked elsewhere. Checking all of it took most of the time of the docs' check.
    noCheck: true,
    removeComments: true,
    incremental: false,
    types: ['node'],
  };
}

const asDeclaration = (file: string) => file.replace(/\.ts$/, '.d.ts');
