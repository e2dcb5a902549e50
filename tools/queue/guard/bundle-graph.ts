import { isBuiltin } from 'node:module';
import type { Metafile } from 'esbuild';
import { pathLineOf } from '../bundle/files/path-line';
import { LEFT_OUT } from '../bundle/left-out';
import { packageNameOf } from '../bundle/npm-package';

/** A source file, or an external package, that takes part in a bundle. */
export interface BundleNode {
  /** Relative to the workspace root, with `/`; the name for an external package. */
  path: string;
  /** The npm package it belongs to, if it belongs to one. */
  package: string | undefined;
  kind: 'file' | 'external' | 'left-out';
  /** What is left of it in the output; 0 if nothing is, as of a file that only re-exports. */
  bytes: number;
  imports: BundleImport[];
}

export interface BundleImport {
  /** `path` of the node that is imported. */
  target: string;
  /** As it is written in the source. */
  specifier: string;
  /** An `import()`: the target is loaded only when the program gets there. */
  isLazy: boolean;
  /** The line of a path, which is no import: to a file that is read, or that runs in a thread or a process. */
  pathLine: number | undefined;
}

/** A file that imports another one, or a package, that is in the bundle. */
export interface BundleEdge {
  from: BundleNode;
  to: BundleNode;
  specifier: string;
  isLazy: boolean;
  pathLine: number | undefined;
}

/** Where a search starts, and which files it may go through; by default the entries and all files. */
export interface Route {
  from?: readonly string[];
  mayEnter?: (path: string) => boolean;
}

export interface ChainLink {
  path: string;
  /** How the link before imports this one; `undefined` for the first link. */
  specifier: string | undefined;
  isLazy: boolean;
  /** Not imported, but named by its path: read, or run in a thread or a process. */
  isByPath?: boolean;
}

/** The imports between the files of a bundle, read from esbuild's metafile. */
export class BundleGraph {
  readonly nodes: ReadonlyMap<string, BundleNode>;
  /**
   * Every import whose target is in the output or must be installed beside it, and those through files that only
   * re-export such a target and so leave nothing in the output.
   */
  readonly edges: readonly BundleEdge[];
  readonly entries: readonly string[];

  /**
   * `entries`: the files that the bundle starts from, relative to the workspace root. `installed`: the
   * names of the packages to install beside it; what else is external is not there at run time, and
   * the code that requires it expects that.
   */
  constructor(metafile: Metafile, entries: readonly string[], installed: readonly string[]) {
    this.entries = entries;
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
    this.nodes = nodes;
    const passing = this.passingNodes();
    const isEdge = (from: BundleNode, to: BundleNode): boolean =>
      this.isBundled(to) || (passing.has(to) && (this.isBundled(from) || passing.has(from)));
    this.edges = [...nodes.values()].flatMap((from) =>
      from.imports.flatMap(({ target, ...found }) => {
        const to = nodes.get(target);
        return to && isEdge(from, to) ? [{ from, to, ...found }] : [];
      }),
    );
  }

  /** The files without a trace in the output through which something is imported that has one. */
  private passingNodes(): Set<BundleNode> {
    const importers = new Map<string, BundleNode[]>();
    for (const node of this.nodes.values()) {
      if (node.kind !== 'file' || this.isBundled(node)) continue;
      for (const { target } of node.imports) {
        importers.set(target, [...(importers.get(target) ?? []), node]);
      }
    }
    const passing = new Set(this.bundled().flatMap(({ path }) => importers.get(path) ?? []));
    for (const { path } of passing) {
      for (const importer of importers.get(path) ?? []) passing.add(importer);
    }
    return passing;
  }

  /** Whether something of it is in the output or must be installed beside it. */
  isBundled({ kind, bytes }: BundleNode): boolean {
    return kind === 'external' || (kind === 'file' && bytes > 0);
  }

  /** What is in the output or must be installed beside it. */
  bundled(): BundleNode[] {
    return [...this.nodes.values()].filter((node) => this.isBundled(node));
  }

  /**
   * The shortest way from where the bundle starts to the first node that `isTarget` accepts; empty if
   * there is none. Ways through files that are dropped from the output are taken only if there is no other.
   */
  shortestChain(isTarget: (node: BundleNode) => boolean, route: Route = {}): ChainLink[] {
    const throughBundled = this.search(isTarget, (node) => this.isBundled(node), route);
    return throughBundled ?? this.search(isTarget, () => true, route) ?? [];
  }

  private search(
    isTarget: (node: BundleNode) => boolean,
    mayPass: (node: BundleNode) => boolean,
    { from = this.entries, mayEnter = () => true }: Route,
  ): ChainLink[] | undefined {
    const chains = from.map((path): ChainLink[] => [{ path, specifier: undefined, isLazy: false }]);
    const seen = new Set(from);
    for (const chain of chains) {
      const node = this.nodes.get(chain.at(-1)?.path ?? '');
      if (!node) continue;
      if (isTarget(node)) return chain;
      if (chain.length > 1 && !mayPass(node)) continue;
      for (const found of node.imports) {
        const { target } = found;
        if (seen.has(target) || !mayEnter(target)) continue;
        seen.add(target);
        chains.push([...chain, linkTo(found)]);
      }
    }
    return undefined;
  }
}

/** The link of a chain that this import leads to. */
export function linkTo({ target: path, specifier, isLazy, pathLine }: BundleImport): ChainLink {
  return { path, specifier, isLazy, ...(pathLine !== undefined && { isByPath: true }) };
}

export type OwnFile = BundleNode & { kind: 'file'; package: undefined };

/** A file of the workspace, in contrast to one of an npm package. */
export function isOwnFile(node: BundleNode | undefined): node is OwnFile {
  return node?.kind === 'file' && node.package === undefined && /\.[cm]?[jt]sx?$/.test(node.path);
}

/** A file of the workspace, code or not; the bundler's own modules are none. */
export function isOfWorkspace({ kind, package: name, path }: BundleNode): boolean {
  return kind === 'file' && name === undefined && !/^[a-z-]+:/.test(path);
}

/**
 * Whether JSX itself imports this. No file says so, thus Nx cannot know of it; but the inputs of a build
 * include the lockfile.
 */
export function isImpliedByJsx(specifier: string): boolean {
  return /\/jsx(?:-dev)?-runtime$/.test(specifier);
}

/** The import of this import statement, as the bundler resolved it. */
export function importOf(node: BundleNode, specifier: string): BundleImport | undefined {
  return node.imports.find((candidate) => candidate.specifier === specifier);
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
