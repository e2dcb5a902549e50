import type { ProjectGraph } from '@nx/devkit';

/**
 * The shortest way from a project to a project or package in Nx's graph, both included; empty if there is
 * none. Packages are nodes as well: `npm:sharp`.
 */
export function graphPath({ dependencies }: ProjectGraph, from: string, to: string): string[] {
  const paths = [[from]];
  const seen = new Set([from]);
  for (const path of paths) {
    const last = path.at(-1) ?? '';
    if (last === to) return path;
    for (const { target } of dependencies[last] ?? []) {
      if (seen.has(target)) continue;
      seen.add(target);
      paths.push([...path, target]);
    }
  }
  return [];
}

/** The names of the nodes that depend directly on a node of the graph. */
export function dependentsOf({ dependencies }: ProjectGraph, name: string): string[] {
  return Object.entries(dependencies)
    .filter(([, targets]) => targets.some(({ target }) => target === name))
    .map(([source]) => source)
    .sort();
}
