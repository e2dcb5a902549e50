import type { BundleEdge, OwnFile } from '../bundle-graph';
import type { Finding } from '../finding';

/** What a rule finds: a finding by its place. The guard adds the import chain that leads there. */
export interface Breach extends Omit<Finding, 'chain' | 'others'> {
  /** The import that should not be there, or the line of a file. */
  at: BundleEdge | { file: OwnFile; line: number };
  /** The file that an entry of `allow` has to name. */
  path: string;
  /** Breaches of a rule with the same key come to the same: one of them is reported in full, and the others are listed with it. */
  key: string;
}

/** Checks each import. `keyOf` says which breaches come to the same. */
export function breachesOf(
  edges: readonly BundleEdge[],
  keyOf: (edge: BundleEdge, breach: Omit<Breach, 'key'>) => string,
  check: (edge: BundleEdge) => Omit<Breach, 'key'> | undefined,
): Breach[] {
  return edges.flatMap((edge) => {
    const breach = check(edge);
    return breach ? [{ ...breach, key: keyOf(edge, breach) }] : [];
  });
}

/** Code as a message quotes it: on one line, and not too long. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
