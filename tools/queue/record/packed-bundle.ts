import type { BundleImport, BundleNode } from '../guard/bundle-graph';

/**
 * The nodes of a bundle, in few values: to read as many objects as there are imports takes most of the time in which
 * `npx queue why` answers.
 */
export interface PackedBundle {
  readonly paths: readonly string[];
  /** The names of all packages. */
  readonly packages: readonly string[];
  /** Every specifier once. */
  readonly specifiers: readonly string[];
  /** Of each node: its kind, its package in `packages` or -1, its bytes, and how many imports it has. */
  readonly nodes: readonly number[];
  /** Of each import: its target in `paths`, its specifier in `specifiers`, 1 if it is lazy, its line or 0. */
  readonly imports: readonly number[];
}

const KINDS = ['file', 'external', 'left-out'] as const satisfies readonly BundleNode['kind'][];

/** How many values a node has, and how many an import. */
const VALUES = 4;

export function packBundle(nodes: ReadonlyMap<string, BundleNode>): PackedBundle {
  const paths = new Numbered(nodes.keys());
  const packages = new Numbered();
  const specifiers = new Numbered();
  const packed = { nodes: [] as number[], imports: [] as number[] };
  for (const { kind, package: name, bytes, imports } of nodes.values()) {
    const ofPackage = name === undefined ? -1 : packages.numberOf(name);
    packed.nodes.push(KINDS.indexOf(kind), ofPackage, bytes, imports.length);
    for (const { target, specifier, isLazy, pathLine = 0 } of imports) {
      const numbers = [paths.numberOf(target), specifiers.numberOf(specifier)];
      packed.imports.push(...numbers, Number(isLazy), pathLine);
    }
  }
  return {
    paths: paths.values,
    packages: packages.values,
    specifiers: specifiers.values,
    ...packed,
  };
}

export function unpackBundle({
  paths,
  packages,
  specifiers,
  nodes,
  imports,
}: PackedBundle): Map<string, BundleNode> {
  const unpacked = new Map<string, BundleNode>();
  let next = 0;
  for (let node = 0; node < nodes.length; node += VALUES) {
    const path = paths[node / VALUES] ?? '';
    const count = nodes[node + 3] ?? 0;
    const found: BundleImport[] = [];
    for (const end = next + count * VALUES; next < end; next += VALUES) {
      found.push({
        target: paths[imports[next] ?? -1] ?? '',
        specifier: specifiers[imports[next + 1] ?? -1] ?? '',
        isLazy: imports[next + 2] === 1,
        pathLine: imports[next + 3] || undefined,
      });
    }
    unpacked.set(path, {
      path,
      package: packages[nodes[node + 1] ?? -1],
      kind: KINDS[nodes[node] ?? 0] ?? 'file',
      bytes: nodes[node + 2] ?? 0,
      imports: found,
    });
  }
  return unpacked;
}

/** Strings, each of which has the number of its place. */
class Numbered {
  readonly values: string[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(values: Iterable<string> = []) {
    for (const value of values) this.numberOf(value);
  }

  numberOf(value: string): number {
    const known = this.numbers.get(value);
    if (known !== undefined) return known;
    this.numbers.set(value, this.values.length);
    return this.values.push(value) - 1;
  }
}
