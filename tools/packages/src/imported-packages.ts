import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { moduleNames } from './module-names';

/** The npm packages that an entry of a package needs when it runs. */
export interface ImportedPackages {
  /** Loaded together with the entry. */
  readonly atOnce: ReadonlySet<string>;
  /** Loaded later, if at all. */
  readonly later: ReadonlySet<string>;
}

/** Reads the TypeScript of an entry and of all that it imports; imports of types do not count. */
export async function importedPackages(entry: string, tsconfig: string): Promise<ImportedPackages> {
  const { metafile } = await build({
    entryPoints: [entry],
    tsconfig,
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'unused',
    logLevel: 'silent',
  });
  const atOnce = new Set<string>();
  const later = new Set<string>();
  const [first] = Object.values(metafile.outputs);
  const pending: [path: string, isLater: boolean][] = [[first?.entryPoint ?? '', false]];
  const seen = new Set<string>();
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [path, isLater] = next;
    if (seen.has(`${path} ${isLater}`)) continue;
    seen.add(`${path} ${isLater}`);
    for (const imported of metafile.inputs[path]?.imports ?? []) {
      // A call of `require` or `import()` may never run.
      const isDeferred = isLater || imported.kind !== 'import-statement';
      if (imported.external !== true) pending.push([imported.path, isDeferred]);
      else if (!isBuiltin(imported.path))
        (isDeferred ? later : atOnce).add(packageOf(imported.path));
    }
  }
  return { atOnce, later: new Set([...later].filter((name) => !atOnce.has(name))) };
}

/** The npm packages that compiled files name, `.d.ts` among them. */
export function namedPackages(files: readonly string[]): Set<string> {
  return new Set(
    files
      .filter((path) => /\.(?:js|d\.ts)$/.test(path))
      .flatMap((path) => moduleNames(readFileSync(path, 'utf8')))
      .filter((name) => !name.startsWith('.') && !isBuiltin(name))
      .map(packageOf),
  );
}

/** `@nestjs/core` of `@nestjs/core/injector`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
