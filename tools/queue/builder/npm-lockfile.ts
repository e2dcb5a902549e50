import type { LockEntry, NpmLockfile } from './lock-entry';
import { type Overrides, overridesFor } from './npm-overrides';

/** What an entry says about its place in the workspace's tree, and not about the package. */
const PLACE_DEPENDENT = ['dev', 'devOptional', 'optional', 'peer'];

interface Dependency {
  name: string;
  /** Where the package lies in the workspace's own lockfile. */
  source: string;
  isPeer: boolean;
}

/** Where a package resolves a dependency's name to in the tree that `npm ci` will install. */
interface Edge {
  from: string;
  name: string;
  to: string;
  isPeer: boolean;
}

/**
 * Cuts a workspace's package-lock.json down to what `roots` need, with every platform's variant of an
 * optional dependency, so that `npm ci` installs on any machine exactly what the workspace was tested
 * with. Nx's `createLockFile` loses variants of other platforms, which `npm ci` then refuses.
 */
export class NpmLockfilePruner {
  private readonly source: NpmLockfile['packages'];
  private readonly placed = new Map<string, string>();
  private readonly edges: Edge[] = [];
  private readonly required = new Set<string>();

  constructor(source: NpmLockfile) {
    this.source = source.packages;
  }

  /**
   * @param roots name of each package to install, and where it lies in the workspace's lockfile
   * @param optional those of them that may fail to install
   */
  prune(
    roots: ReadonlyMap<string, string>,
    optional: ReadonlySet<string> = new Set(),
  ): Record<string, LockEntry> {
    const sorted = [...roots].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, source] of sorted) this.placed.set(`node_modules/${name}`, source);
    for (const [name] of sorted) this.placeDependencies(`node_modules/${name}`);
    for (const [name] of sorted) {
      if (!optional.has(name)) this.markRequired(`node_modules/${name}`);
    }
    return Object.fromEntries(
      [...this.placed]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([path, source]) => [path, this.entryAt(path, source)]),
    );
  }

  /** What package.json must say for npm to take what `prune` has returned. */
  overrides(): Overrides {
    const entryOf = (path: string) => this.source[this.placed.get(path) as string] ?? {};
    return overridesFor(
      this.edges.map(({ from, name, to }) => ({
        name,
        by: entryOf(from),
        byName: nameOf(from),
        gets: entryOf(to),
      })),
    );
  }

  private entryAt(path: string, source: string): LockEntry {
    const entry = { ...this.source[source] };
    for (const field of PLACE_DEPENDENT) Reflect.deleteProperty(entry, field);
    return this.required.has(path) ? entry : { ...entry, optional: true };
  }

  private placeDependencies(path: string): void {
    const source = this.placed.get(path) as string;
    for (const dependency of this.dependenciesOf(source)) {
      // A peer is shared with the packages that depend on this one, so it is looked up beside it.
      this.place(dependency, dependency.isPeer ? parentOf(path) : path, path);
    }
  }

  private place({ name, source, isPeer }: Dependency, from: string, dependent: string): void {
    const levels = levelsOf(from);
    const nearest = levels.find((level) => this.placed.has(childOf(level, name)));
    if (nearest !== undefined && this.placed.get(childOf(nearest, name)) === source) {
      this.edges.push({ from: dependent, name, to: childOf(nearest, name), isPeer });
      return;
    }
    const free = nearest === undefined ? levels : levels.slice(0, levels.indexOf(nearest));
    const level = [...free]
      .reverse()
      .find((candidate) => this.disturbedBy(candidate, name).length === 0);
    this.placeAt(level ?? from, { name, source, isPeer }, dependent);
  }

  /** The packages inside that used another version from here or further out get it for themselves. */
  private placeAt(level: string, { name, source, isPeer }: Dependency, dependent: string): void {
    const path = childOf(level, name);
    const disturbed = this.disturbedBy(level, name).map((edge) => ({
      edge,
      source: this.placed.get(edge.to) as string,
    }));
    for (const { edge } of disturbed) this.edges.splice(this.edges.indexOf(edge), 1);
    this.placed.set(path, source);
    this.edges.push({ from: dependent, name, to: path, isPeer });
    this.placeDependencies(path);
    for (const { edge, source: used } of disturbed) {
      const dependency = { name, source: used, isPeer: edge.isPeer };
      this.place(dependency, edge.isPeer ? parentOf(edge.from) : edge.from, edge.from);
    }
  }

  /** The uses for which a package put at this level would come before the one that is used, or replace it. */
  private disturbedBy(level: string, name: string): Edge[] {
    const path = childOf(level, name);
    return this.edges.filter(
      (edge) =>
        edge.name === name &&
        (level === '' || edge.from.startsWith(`${level}/`)) &&
        edge.to.length <= path.length,
    );
  }

  private dependenciesOf(source: string): Dependency[] {
    const entry = this.source[source] ?? {};
    const isOptional = (name: string): boolean =>
      entry.optionalDependencies?.[name] !== undefined ||
      entry.peerDependenciesMeta?.[name]?.optional === true;
    const regular = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies });
    const peers = Object.keys(entry.peerDependencies ?? {}).filter((name) => !isOptional(name));
    return [...new Set([...regular, ...peers])].sort().flatMap((name) => {
      const found = this.lookUp(source, name);
      return found === undefined ? [] : [{ name, source: found, isPeer: !regular.includes(name) }];
    });
  }

  /** Node's own lookup, in the workspace's lockfile. */
  private lookUp(from: string, name: string): string | undefined {
    return levelsOf(from)
      .map((level) => childOf(level, name))
      .find((path) => this.source[path]);
  }

  /** What only optional dependencies lead to may fail to install; everything else may not. */
  private markRequired(path: string): void {
    if (this.required.has(path)) return;
    this.required.add(path);
    const optional = this.source[this.placed.get(path) as string]?.optionalDependencies ?? {};
    for (const { from, name, to } of this.edges) {
      if (from === path && optional[name] === undefined) this.markRequired(to);
    }
  }
}

/** The folders whose node_modules a package at `path` can see, the nearest first. '' is the root. */
function levelsOf(path: string): string[] {
  const levels: string[] = [];
  for (let level = path; ; level = parentOf(level)) {
    levels.push(level);
    if (level === '') return levels;
  }
}

/** The package that has this one in its node_modules; '' for one at the top. */
function parentOf(path: string): string {
  const index = path.lastIndexOf('node_modules/');
  return index <= 0 ? '' : path.slice(0, index - 1);
}

/** By which name a package at `path` is imported. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function childOf(level: string, name: string): string {
  return level === '' ? `node_modules/${name}` : `${level}/node_modules/${name}`;
}
