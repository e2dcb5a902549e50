import type { ProjectGraph } from '@nx/devkit';

/** Of Nx's project graph what `why` and `report` ask: which projects there are, and who depends on whom. */
export function recordedGraph({
  nodes,
  externalNodes = {},
  dependencies,
}: ProjectGraph): ProjectGraph {
  return {
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([key, { name, type, data }]) => {
        const { root, sourceRoot, tags } = data;
        return [key, { name, type, data: { root, sourceRoot, tags } }];
      }),
    ),
    externalNodes: Object.fromEntries(
      Object.entries(externalNodes).map(([key, { type, name, data }]) => {
        const { packageName, version } = data;
        return [key, { type, name, data: { packageName, version } }];
      }),
    ),
    dependencies,
  };
}

/** The part of a graph that says what each project depends on: not which packages need which. */
export function graphOfProjects({
  nodes,
  externalNodes = {},
  dependencies,
}: ProjectGraph): ProjectGraph {
  const ofProjects = Object.entries(dependencies).filter(([name]) => name in nodes);
  const targets = new Set(ofProjects.flatMap(([, found]) => found.map(({ target }) => target)));
  return {
    nodes,
    externalNodes: Object.fromEntries(
      Object.entries(externalNodes).filter(([name]) => targets.has(name)),
    ),
    dependencies: Object.fromEntries(ofProjects),
  };
}
