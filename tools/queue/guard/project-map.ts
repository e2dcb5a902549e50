import type { ProjectGraph } from '@nx/devkit';

export interface MappedProject {
  name: string;
  root: string;
  isApplication: boolean;
  tags: readonly string[];
  /** Names of the projects and of the npm packages that the graph says it depends on directly. */
  projects: ReadonlySet<string>;
  packages: ReadonlySet<string>;
}

/** Nx's project graph, as far as the guard asks it: which project a file is of, and who depends on whom. */
export class ProjectMap {
  readonly projects: ReadonlyMap<string, MappedProject>;
  private readonly byRoot: MappedProject[];

  constructor({ nodes, dependencies, externalNodes = {} }: ProjectGraph) {
    this.projects = new Map(
      Object.entries(nodes).map(([name, { type, data }]) => {
        const targets = (dependencies[name] ?? []).map(({ target }) => target);
        const packages = targets.flatMap((target) => {
          const node = (externalNodes as Partial<typeof externalNodes>)[target];
          return node ? [node.data.packageName] : [];
        });
        return [
          name,
          {
            name,
            root: data.root,
            isApplication: type === 'app' || type === 'e2e',
            tags: data.tags ?? [],
            projects: new Set(targets.filter((target) => nodes[target])),
            packages: new Set(packages),
          },
        ];
      }),
    );
    // The longest root first: a project may lie inside another one.
    this.byRoot = [...this.projects.values()].sort((a, b) => b.root.length - a.root.length);
  }

  /** The project that a file is of, by the file's path relative to the workspace root. */
  ownerOf(path: string): MappedProject | undefined {
    return this.byRoot.find(({ root }) => root === '.' || path.startsWith(`${root}/`));
  }

  /** A project and all that it depends on, directly or not. */
  closureOf(name: string): MappedProject[] {
    const names = new Set([name]);
    for (const reached of names) {
      for (const next of this.projects.get(reached)?.projects ?? []) names.add(next);
    }
    return [...names].flatMap((reached) => this.projects.get(reached) ?? []);
  }
}
