import type { BundleNode, Route } from '../guard/bundle-graph';
import { linkTo } from '../guard/bundle-graph';
import type { Sources } from '../guard/chains';
import { withLines } from '../guard/chains';
import type { FindingLink } from '../guard/finding';
import type { BundleRoot } from '../record/bundle-roots';

/** How something is reached from one root of the bundle. */
export interface RootChains {
  root: BundleRoot;
  /** The shortest first, each from the root to what is looked for. */
  chains: FindingLink[][];
  /** How many more there are. */
  more: number;
}

export interface ChainOptions {
  /** A chain for each file that imports it, and not only the shortest. */
  all: boolean;
  /** How many chains a root has at most. */
  limit: number;
}

/**
 * The chains to what `isTarget` accepts, from each root that reaches it. None goes through another root:
 * what only a processor needs is not reached from the start of the application.
 */
export function findChains(
  sources: Sources,
  roots: readonly BundleRoot[],
  isTarget: (node: BundleNode) => boolean,
  { all, limit }: ChainOptions,
): RootChains[] {
  const closed = new Set(roots.map(({ file }) => file));
  for (const { file } of roots) {
    const node = sources.bundle.nodes.get(file);
    if (node && isTarget(node)) closed.delete(file);
  }
  return roots.flatMap((root) => {
    const route: Route = { from: [root.file], mayEnter: (path) => !closed.has(path) };
    const shortest = sources.bundle.shortestChain(isTarget, route);
    if (shortest.length === 0) return [];
    const found = all ? throughEachImporter(sources, isTarget, route) : [];
    const chains = found.length > 0 ? found : [shortest];
    return {
      root,
      chains: chains.slice(0, limit).map((chain) => withLines(sources, chain)),
      more: Math.max(0, chains.length - limit),
    };
  });
}

function throughEachImporter(
  { bundle }: Sources,
  isTarget: (node: BundleNode) => boolean,
  route: Route,
): FindingLink[][] {
  const chains = [...bundle.nodes.values()].flatMap((importer): FindingLink[][] => {
    if (isTarget(importer)) return [];
    const link = importer.imports.find(({ target }) => {
      const node = bundle.nodes.get(target);
      return node !== undefined && isTarget(node) && route.mayEnter?.(target) !== false;
    });
    if (!link) return [];
    const chain = bundle.shortestChain((node) => node === importer, route);
    return chain.length > 0 ? [[...chain, linkTo(link)]] : [];
  });
  return chains.sort((a, b) => a.length - b.length);
}
