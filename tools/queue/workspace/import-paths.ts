import { posix } from 'node:path';
import { parseJsonText } from './json-text';
import { PluginError } from './plugin.error';
import { rootTsconfig } from './root-tsconfig';
import type { SourceFiles } from './source-files';

interface PathEntry {
  pattern: string;
  target: string;
}

/** The part of a tsconfig that gives files their import names. */
interface TsconfigPart {
  compilerOptions?: { baseUrl?: string; paths?: Record<string, string[]> };
}

/** The part of a package.json that gives a project's files their import names. */
interface PackageManifest {
  name?: string;
  exports?: string | Record<string, unknown>;
}

/**
 * Translates between files of the workspace and what one writes in an `import`.
 *
 * The names come from `compilerOptions.paths` of the root tsconfig, and from the `name` and `exports`
 * of a project's own package.json, for workspaces that link their projects with the package manager.
 */
export class ImportPaths {
  private readonly files: SourceFiles;
  private readonly entries: PathEntry[];

  constructor(files: SourceFiles, projectRoots: readonly string[]) {
    this.files = files;
    this.entries = [
      ...readTsconfigPaths(files),
      ...projectRoots.flatMap((root) => readPackageExports(files, root)),
    ];
  }

  /**
   * What to write in an `import` to get at this file, or `undefined` if only a relative path does.
   * An exact name wins over a name with a wildcard.
   */
  specifierFor(file: string): string | undefined {
    const exact = this.entries.find(
      ({ pattern, target }) => !pattern.includes('*') && this.candidates(target).includes(file),
    );
    if (exact) return exact.pattern;

    for (const { pattern, target } of this.entries) {
      if (!pattern.includes('*')) continue;
      for (const candidate of this.candidates(target)) {
        const captured = capture(candidate, file);
        if (captured !== undefined) return pattern.replace('*', captured);
      }
    }
    return undefined;
  }

  /** The file that an import in `importer` means, or `undefined` if it is not a file of this workspace. */
  fileFor(specifier: string, importer: string): string | undefined {
    if (specifier.startsWith('.')) {
      return this.existing(posix.join(posix.dirname(importer), specifier));
    }
    for (const { pattern, target } of this.entries) {
      const captured = pattern.includes('*')
        ? capture(pattern, specifier)
        : pattern === specifier
          ? ''
          : undefined;
      const file =
        captured === undefined ? undefined : this.existing(target.replace('*', captured));
      if (file) return file;
    }
    return undefined;
  }

  private existing(path: string): string | undefined {
    return this.candidates(path).find((candidate) => this.files.isFile(candidate));
  }

  /** The files a path without its extension, or with a JavaScript one, may stand for. */
  private candidates(path: string): string[] {
    const withoutExtension = path.replace(/\.js$/, '');
    return [
      path,
      `${withoutExtension}.ts`,
      `${withoutExtension}.tsx`,
      `${withoutExtension}/index.ts`,
    ];
  }
}

function readTsconfigPaths(files: SourceFiles): PathEntry[] {
  const config = rootTsconfig(files);
  if (!config) return [];
  const { compilerOptions } = readJson(files, config) as TsconfigPart;
  const base = compilerOptions?.baseUrl ?? '.';
  return Object.entries(compilerOptions?.paths ?? {}).flatMap(([pattern, targets]) =>
    targets.map((target) => ({ pattern, target: posix.join(base, target) })),
  );
}

function readPackageExports(files: SourceFiles, root: string): PathEntry[] {
  const manifest = posix.join(root, 'package.json');
  if (!files.isFile(manifest)) return [];
  const { name, exports } = readJson(files, manifest) as PackageManifest;
  if (!name || !exports) return [];
  const isSubpaths = typeof exports === 'object' && Object.keys(exports)[0]?.startsWith('.');
  return Object.entries(isSubpaths ? exports : { '.': exports }).flatMap(([subpath, value]) =>
    sourcesIn(value).map((target) => ({
      pattern: posix.join(name, subpath),
      target: posix.join(root, target),
    })),
  );
}

/** The TypeScript files among the conditions of one entry of `exports`. */
function sourcesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.endsWith('.ts') ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([condition, nested]) =>
    condition === 'types' ? [] : sourcesIn(nested),
  );
}

/** The part of `text` that `*` stands for in `pattern`. */
function capture(pattern: string, text: string): string | undefined {
  const [before = '', after = ''] = pattern.split('*');
  const fits =
    text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
  return fits ? text.slice(before.length, text.length - after.length) : undefined;
}

/**
 * A JSON file of the workspace that the plugin reads, such as tsconfig.base.json, does not parse.
 *
 * To do: fix the syntax error at the place that the message names.
 */
export class InvalidJsonError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_INVALID_JSON';
}

function readJson(files: SourceFiles, path: string): object {
  try {
    return parseJsonText(files.read(path, 'utf-8') ?? '{}') as object;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidJsonError(`${path} is not valid JSON: ${reason}`, { cause: error });
  }
}
