import { isBuiltin } from 'node:module';
import type { Metafile } from 'esbuild';
import { pathLineOf } from '../bundle/files/path-line';
import { LEFT_OUT } from '../bundle/left-out';
import { packageNameOf } from '../bundle/npm-package';
import { BundleGraph, type BundleNode } from './bundle-graph';

/**
 * The imports between the files of a bundle, read from esbuild's metafile.
 *
 * @param entries the files that the bundle starts from, relative to the workspace root
 * @param installed the names of the packages to install beside the bundle; what else is external is not there at run
 *   time, and the code that requires it expects that
 */
export function readBundle(
  metafile: Metafile,
  entries: readonly string[],
  installed: readonly string[],
): BundleGraph {
  const { bytes, externals } = readOutputs(metafile, installed);
  const nodes = new Map<string, BundleNode>();
  for (const [path, input] of Object.entries(metafile.inputs)) {
    nodes.set(path, {
      path,
      package: packageOfPath(path),
      kind: path.startsWith(`${LEFT_OUT}:`) ? 'left-out' : 'file',
      bytes: bytes.get(path) ?? 0,
      imports: input.imports.flatMap(
        ({ path: target, original, kind, external, with: attributes }) => {
          const isUsed = external ? externals.has(target) : metafile.inputs[target] !== undefined;
          if (!isUsed) return [];
          const isLazy = kind === 'dynamic-import';
          const pathLine = pathLineOf(attributes);
          return [{ target, specifier: original ?? target, isLazy, pathLine }];
        },
      ),
    });
  }
  for (const path of externals) {
    const name = packageNameOf(path);
    nodes.set(path, { path, package: name, kind: 'external', bytes: 0, imports: [] });
  }
  return new BundleGraph(nodes, entries);
}

function readOutputs(
  { outputs }: Metafile,
  installed: readonly string[],
): {
  bytes: Map<string, number>;
  externals: Set<string>;
} {
  const bytes = new Map<string, number>();
  const externals = new Set<string>();
  for (const output of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      bytes.set(path, (bytes.get(path) ?? 0) + bytesInOutput);
    }
    for (const { path, external } of output.imports) {
      // Of a package that is called like a module of Node, only `string_decoder/` is the package.
      if (!external || isBuiltin(path)) continue;
      if (installed.includes(packageNameOf(path))) externals.add(path);
    }
  }
  return { bytes, externals };
}

/** esbuild writes these paths relative to the workspace, with `/` on every platform. */
function packageOfPath(path: string): string | undefined {
  if (path.startsWith(`${LEFT_OUT}:`)) return packageNameOf(path.slice(LEFT_OUT.length + 1));
  const [, inside] = /^.*(?:^|\/)node_modules\/(.+)$/.exec(path) ?? [];
  return inside === undefined ? undefined : packageNameOf(inside);
}
