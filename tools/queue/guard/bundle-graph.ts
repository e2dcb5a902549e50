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

/** The imports between the files of a bundle. */
export class BundleGraph {
  private found: readonly BundleEdge[] | undefined;
  /** Who imports a node, by its path. */
  private importers: ReadonlyMap<string, readonly BundleNode[]> | undefined;

  /** @param entries the files that the bundle starts from, relative to the workspace root */
  constructor(
    readonly nodes: ReadonlyMap<string, BundleNode>,
    readonly entries: readonly string[],
  ) {}

  /**
   * Every import whose target is in the output or must be installed beside it, and those through files that only
   * re-export such a target and so leave nothing in the output.
   */
  get edges(): readonly BundleEdge[] {
    // The guard asks for them often, and the command `why` not at all.
    return (this.found ??= this.findEdges());
  }

  private findEdges(): BundleEdge[] {
    const passing = this.passingNodes();
    const isEdge = (from: BundleNode, to: BundleNode): boolean =>
      this.isBundled(to) || (passing.has(to) && (this.isBundled(from) || passing.has(from)));
    return [...this.nodes.values()].flatMap((from) =>
      from.imports.flatMap(({ target, ...found }) => {
        const to = this.nodes.get(target);
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
    const leading = this.leadingTo(isTarget);
    const mayEnter = (path: string): boolean =>
      leading.has(path) && route.mayEnter?.(path) !== false;
    const from = (route.from ?? this.entries).filter((path) => leading.has(path));
    const throughBundled = this.search(isTarget, (node) => this.isBundled(node), {
      from,
      mayEnter,
    });
    return throughBundled ?? this.search(isTarget, () => true, { from, mayEnter }) ?? [];
  }

  /** All from which there is a way: mostly few, and the search enters no other, whose order this does not change. */
  private leadingTo(isTarget: (node: BundleNode) => boolean): Set<string> {
    this.importers ??= importersOf(this.nodes);
    const leading = new Set<string>();
    for (const node of this.nodes.values()) if (isTarget(node)) leading.add(node.path);
    for (const path of leading) {
      for (const importer of this.importers.get(path) ?? []) leading.add(importer.path);
    }
    return leading;
  }

  private search(
    isTarget: (node: BundleNode) => boolean,
    mayPass: (node: BundleNode) => boolean,
    { from, mayEnter }: Required<Route>,
  ): ChainLink[] | undefined {
    const reached = from.map((path): Reached => ({ path, by: undefined, before: undefined }));
    const seen = new Set(from);
    for (const current of reached) {
      const node = this.nodes.get(current.path);
      if (!node) continue;
      if (isTarget(node)) return chainTo(current);
      if (current.before && !mayPass(node)) continue;
      for (const found of node.imports) {
        const { target } = found;
        if (seen.has(target) || !mayEnter(target)) continue;
        seen.add(target);
        reached.push({ path: target, by: found, before: current });
      }
    }
    return undefined;
  }
}

function importersOf(nodes: BundleGraph['nodes']): Map<string, BundleNode[]> {
  const importers = new Map<string, BundleNode[]>();
  for (const node of nodes.values()) {
    for (const { target } of node.imports) {
      const found = importers.get(target);
      if (found) found.push(node);
      else importers.set(target, [node]);
    }
  }
  return importers;
}

/** A step of a search: many are made, and few become a chain. */
interface Reached {
  readonly path: string;
  readonly by: BundleImport | undefined;
  readonly before: Reached | undefined;
}

function chainTo({ path, by, before }: Reached): ChainLink[] {
  const link = by ? linkTo(by) : { path, specifier: undefined, isLazy: false };
  return before ? [...chainTo(before), link] : [link];
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
