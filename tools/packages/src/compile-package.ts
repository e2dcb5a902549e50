import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import ts from 'typescript';
import { renameModules } from './module-names';

/** What a package is compiled from: its `tsconfig.package.json`. */
export interface PackageSources {
  /** Absolute. */
  readonly entries: readonly string[];
  readonly options: ts.CompilerOptions;
}

/** @throws Error if the file cannot be read, or says something that the compiler does not know */
export function readPackageSources(tsconfig: string): PackageSources {
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic(diagnostic) {
      throw new Error(describe([diagnostic]));
    },
  };
  const parsed = ts.getParsedCommandLineOfConfigFile(tsconfig, undefined, host);
  if (parsed === undefined) throw new Error(`${tsconfig} cannot be read.`);
  if (parsed.errors.length > 0) throw new Error(describe(parsed.errors));
  return { entries: parsed.fileNames, options: parsed.options };
}

/** What the package is called in this workspace, and in others. */
export interface PackageNames {
  readonly here: string;
  readonly published: string;
}

/**
 * Compiles the entries of a package, and the files of the workspace that they import, with declarations and source
 * maps. Specs are not among them, because no entry imports them. Messages and comments get the package's own name.
 *
 * @returns the files that it wrote, absolute
 * @throws Error with what the compiler says, if a declaration cannot be written
 */
export function compilePackage(
  { entries, options }: PackageSources,
  { here, published }: PackageNames,
  folder: string,
): string[] {
  const compilerOptions = { ...options, outDir: folder };
  const program = ts.createProgram(entries, compilerOptions, hostWith(compilerOptions));
  const written: string[] = [];
  const { diagnostics } = program.emit(undefined, (path, text, _mark, _onError, sources) => {
    const source = sources?.[0]?.fileName;
    const isCode = source !== undefined && !path.endsWith('.map');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      isCode ? withRelativeImports(text, source).replaceAll(here, published) : text,
    );
    written.push(path);
  });
  if (diagnostics.length > 0) throw new Error(describe(diagnostics));
  return written;

  /** Only this workspace knows the import paths of its tsconfig.base.json. */
  function withRelativeImports(text: string, source: string): string {
    return renameModules(text, (name) => {
      if (name.startsWith('.')) return undefined;
      const { resolvedModule } = ts.resolveModuleName(name, source, options, ts.sys);
      return resolvedModule === undefined || resolvedModule.isExternalLibraryImport === true
        ? undefined
        : relativeImport(source, resolvedModule.resolvedFileName);
    });
  }
}

/** Declarations of npm packages: to parse them takes as long as to compile a package, and both packages need them. */
const parsed = new Map<string, ts.SourceFile | undefined>();

function hostWith(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  return {
    ...host,
    getSourceFile(path, ...rest) {
      if (!path.includes('/node_modules/')) return host.getSourceFile(path, ...rest);
      if (!parsed.has(path)) parsed.set(path, host.getSourceFile(path, ...rest));
      return parsed.get(path);
    },
  };
}

function relativeImport(importer: string, file: string): string {
  const path = relative(dirname(importer), file)
    .split(sep)
    .join('/')
    .replace(/\.tsx?$/, '');
  return path.startsWith('.') ? path : `./${path}`;
}

function describe(diagnostics: readonly ts.Diagnostic[]): string {
  return ts.formatDiagnostics(diagnostics, {
    getCanonicalFileName: (path) => path,
    getCurrentDirectory: () => ts.sys.getCurrentDirectory(),
    getNewLine: () => '\n',
  });
}
