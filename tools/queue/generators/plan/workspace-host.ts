import { posix } from 'node:path';
import ts from 'typescript';
import type { QueueWorkspace, SourceFiles } from '../../workspace/index';
import { isSource } from './source-list';

const OPTIONS: ts.CompilerOptions = {
  noLib: true,
  types: [],
  allowJs: true,
  experimentalDecorators: true,
  jsx: ts.JsxEmit.Preserve,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.Latest,
};

/** What the compiler reads: sources, and where their imports lead. */
export interface Sources {
  readonly files: Pick<SourceFiles, 'read' | 'isFile'>;
  readonly imports: Pick<QueueWorkspace['imports'], 'fileFor'>;
}

/** Reads a workspace for the compiler, as a generator sees it. */
export class WorkspaceHost implements ts.LanguageServiceHost {
  constructor(
    private readonly workspace: Sources,
    private readonly roots: readonly string[],
  ) {}

  getScriptFileNames = (): string[] => this.roots.map(absolute);
  getScriptVersion = (): string => '1';
  getCompilationSettings = (): ts.CompilerOptions => OPTIONS;
  getCurrentDirectory = (): string => '/';
  getDefaultLibFileName = (): string => '';
  fileExists = (path: string): boolean => this.workspace.files.isFile(relative(path));

  readFile = (path: string): string | undefined =>
    this.workspace.files.read(relative(path), 'utf-8') ?? undefined;

  getScriptSnapshot = (path: string): ts.IScriptSnapshot | undefined => {
    const text = this.readFile(path);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  };

  resolveModuleNameLiterals = (
    literals: readonly ts.StringLiteralLike[],
    importer: string,
  ): readonly ts.ResolvedModuleWithFailedLookupLocations[] =>
    literals.map(({ text }) => {
      const file = this.workspace.imports.fileFor(text, relative(importer));
      if (file === undefined || !isSource(file)) return { resolvedModule: undefined };
      return {
        resolvedModule: {
          resolvedFileName: absolute(file),
          extension: posix.extname(file),
          isExternalLibraryImport: false,
        },
      };
    });
}

/** The path of a file of the workspace, as the compiler has it. */
export function absolute(file: string): string {
  return `/${file}`;
}

export function relative(path: string): string {
  return path.replace(/^\//, '');
}
