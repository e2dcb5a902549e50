import type { GuardFacts } from './facts';

/** What the graph allows and the bundle leaves out. */
export interface LeftOut {
  /** Projects that the application depends on, but of which the bundle holds nothing. */
  projects: string[];
  /** Packages that the application, or a project that it depends on, uses elsewhere: in tests, say. */
  packages: { name: string; usedBy: string[] }[];
}

/** No breach: it shows how much smaller the bundle is than what the project graph says. */
export function leftOut({
  app,
  bundle,
  projects,
}: Pick<GuardFacts, 'app' | 'bundle' | 'projects'>): LeftOut {
  const bundled = bundle.bundled();
  const names = new Set(
    bundled.flatMap(({ package: name, path }) =>
      name === undefined ? (projects.ownerOf(path)?.name ?? []) : [],
    ),
  );
  const packages = new Set(bundled.flatMap(({ package: name }) => name ?? []));
  const allowed = projects.closureOf(app.name);

  const usedBy = new Map<string, string[]>();
  for (const project of allowed) {
    for (const name of project.packages) {
      if (!packages.has(name)) usedBy.set(name, [...(usedBy.get(name) ?? []), project.name]);
    }
  }
  return {
    projects: allowed
      .map(({ name }) => name)
      .filter((name) => !names.has(name))
      .sort(),
    packages: [...usedBy]
      .map(([name, by]) => ({ name, usedBy: by.sort() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
