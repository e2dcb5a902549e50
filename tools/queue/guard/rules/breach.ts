import type { BundleEdge, OwnFile } from '../bundle-graph';
import type { Finding } from '../finding';

/** What a rule finds: a finding by its place. The guard adds the import chain that leads there. */
export interface Breach extends Omit<Finding, 'chain'> {
  /** The import that should not be there, or the line of a file. */
  at: BundleEdge | { file: OwnFile; line: number };
}

/** Checks each import; of those that come to the same (`keyOf`), only the first breach is kept. */
export function firstBreaches(
  edges: readonly BundleEdge[],
  keyOf: (edge: BundleEdge) => string,
  check: (edge: BundleEdge) => Breach | undefined,
): Breach[] {
  const breaches = new Map<string, Breach>();
  for (const edge of edges) {
    const key = keyOf(edge);
    if (breaches.has(key)) continue;
    const breach = check(edge);
    if (breach) breaches.set(key, breach);
  }
  return [...breaches.values()];
}

/** Code as a message quotes it: on one line, and not too long. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
