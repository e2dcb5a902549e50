import type { BundleEdge, OwnFile } from '../bundle-graph';
import type { Finding } from '../finding';

/** What a rule finds: a finding by its place. The guard adds the import chain that leads there. */
export interface Breach extends Omit<Finding, 'chain'> {
  /** The import that should not be there, or the line of a file. */
  at: BundleEdge | { file: OwnFile; line: number };
  /** The file that an entry of `allow` has to name. */
  path: string;
  /** Of the breaches of a rule with the same key, only the first is reported: they come to the same. */
  key: string;
}

/** Checks each import. */
export function breachesOf(
  edges: readonly BundleEdge[],
  keyOf: (edge: BundleEdge) => string,
  check: (edge: BundleEdge) => Omit<Breach, 'key'> | undefined,
): Breach[] {
  return edges.flatMap((edge) => {
    const breach = check(edge);
    return breach ? [{ ...breach, key: keyOf(edge) }] : [];
  });
}

/** Code as a message quotes it: on one line, and not too long. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
