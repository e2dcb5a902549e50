import type { BundleEdge } from './bundle-graph';
import { importOf, isOwnFile, linkTo } from './bundle-graph';
import type { GuardFacts, ImportPlace } from './facts';
import type { FindingLink } from './finding';

/** What is needed to find the line of a file in which an import stands. */
export type Sources = Pick<GuardFacts, 'bundle' | 'importIn'>;

/** The shortest chain to an import, and the import itself. */
export function chainThrough(sources: Sources, edge: BundleEdge): FindingLink[] {
  const { from, to } = edge;
  const links = sources.bundle.shortestChain((node) => node === from);
  return withLines(sources, [...links, linkTo({ ...edge, target: to.path })]);
}

/** The same chain, with the line in which each link imports the next one, and what is loaded at once after all. */
export function withLines(sources: Sources, chain: readonly FindingLink[]): FindingLink[] {
  const places = chain.map(({ path }, index) => {
    const specifier = chain[index + 1]?.specifier;
    return specifier === undefined ? undefined : placeOf(sources, path, specifier);
  });
  return chain.map((link, index) => {
    const line = places[index]?.line;
    const isLazy = link.isLazy && places[index - 1]?.isAwaited !== true;
    return { ...link, isLazy, ...(line !== undefined && { line }) };
  });
}

/** The place of an import in a file of the workspace; `undefined` inside a package. */
export function placeOf(
  { bundle, importIn }: Sources,
  path: string,
  specifier: string,
): ImportPlace | undefined {
  const node = bundle.nodes.get(path);
  if (!isOwnFile(node)) return undefined;
  const line = importOf(node, specifier)?.pathLine;
  if (line !== undefined) return { line, isHidden: false };
  return importIn(path, specifier);
}
