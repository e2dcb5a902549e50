import { join, relative, sep } from 'node:path';
import type { PackageSources } from './compile-package';

/** One entry of `exports`. */
export interface ExportConditions {
  readonly types: string;
  readonly default: string;
}

export interface PackageExports {
  /** What the package is called in this workspace: `@libs/queue`. Undefined: nothing can be imported from it. */
  readonly importPath: string | undefined;
  /** By subpath, such as `./consumer`. */
  readonly exports: Readonly<Record<string, ExportConditions | string>>;
  /** The same for TypeScript's older `moduleResolution: node`, which does not read `exports`. */
  readonly typesVersions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * The entries of a package are the import paths that its project has in this workspace: `@libs/queue/consumer` becomes
 * `./consumer` in the package of `libs/queue`. Entries of its `tsconfig.package.json` that belong to another project are
 * called like it: `@libs/health` is `./health`. A project without an import path has none.
 *
 * @param project the folder of the package's project, absolute
 * @throws Error if an import path and the entries of `tsconfig.package.json` disagree
 */
export function packageExports(sources: PackageSources, project: string): PackageExports {
  const rows = importPaths(sources);
  const importPath = rows.find(({ file }) =>
    [project, join(project, 'src/index.ts')].includes(file),
  )?.name;
  const isOwn = (name: string) =>
    importPath !== undefined && (name === importPath || name.startsWith(`${importPath}/`));
  const compiled = new Set(sources.entries);
  const entries = rows.filter(
    ({ name, file }) => file !== project && (isOwn(name) || compiled.has(file)),
  );
  for (const { name, file } of entries) {
    if (file.endsWith('.ts') && !compiled.has(file)) {
      throw new Error(`${name} is missing: add ${file} to the files of tsconfig.package.json.`);
    }
  }
  const exported = entries.map(
    ({ name, file }) =>
      [
        isOwn(name) ? `.${name.slice(importPath?.length)}` : `./${name.replace(/^@[^/]+\//, '')}`,
        conditionsOf(
          relative(sources.options.rootDir ?? project, file)
            .split(sep)
            .join('/'),
        ),
      ] as const,
  );
  return {
    importPath,
    exports: { ...Object.fromEntries(exported), './package.json': './package.json' },
    typesVersions: {
      '*': Object.fromEntries(
        exported
          .filter(([subpath]) => subpath !== '.')
          .map(([subpath, { types }]) => [subpath.slice(2), [types]]),
      ),
    },
  };
}

/** A file that is not compiled stays as it is. */
function conditionsOf(file: string): ExportConditions {
  const path = `./${file}`;
  return /\.[cm]js$/.test(path)
    ? { types: path.replace(/\.([cm])js$/, '.d.$1ts'), default: path }
    : { types: path.replace(/\.ts$/, '.d.ts'), default: path.replace(/\.ts$/, '.js') };
}

/** The import paths of the workspace, but those with a wildcard. */
function importPaths({ options }: PackageSources): { name: string; file: string }[] {
  const { paths = {}, pathsBasePath } = options;
  const root = typeof pathsBasePath === 'string' ? pathsBasePath : '.';
  return Object.entries(paths)
    .filter(([name]) => !name.includes('*'))
    .flatMap(([name, targets]) => targets.map((target) => ({ name, file: join(root, target) })));
}
