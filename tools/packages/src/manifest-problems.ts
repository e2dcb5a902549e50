import type { ImportedPackages } from './imported-packages';
import type { Manifest } from './package-manifest';

export interface PackageUse {
  /** By the entries that every user has. */
  readonly main: readonly ImportedPackages[];
  /** Everything that the compiled files name, also for types. */
  readonly named: ReadonlySet<string>;
}

/**
 * Where a package.json and the imports disagree:
 *
 * - A package that is imported, or whose types are, is a dependency or a peer.
 * - A peer that a main entry loads at once is required; any other is optional.
 * - Nothing else is listed. Types of a package, `@types/pg`, count as that package.
 *
 * @returns a sentence for each, or none
 */
export function manifestProblems(manifest: Manifest, { main, named }: PackageUse): string[] {
  const { name, dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const atOnce = new Set(main.flatMap((imported) => [...imported.atOnce]));
  const listed = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
  const isOptional = (peer: string) => peerDependenciesMeta[peer]?.optional === true;
  const of = `package.json of ${name}`;
  return [
    ...[...named]
      .filter((imported) => !listed.has(imported))
      .map(
        (imported) =>
          `${imported} is imported, but not listed: add it to "peerDependencies" in the ${of}.`,
      ),
    ...[...listed]
      .filter((dependency) => !named.has(dependency.replace(/^@types\//, '')))
      .map((dependency) => `${dependency} is listed, but not imported: remove it from the ${of}.`),
    ...Object.keys(peerDependencies)
      .filter((peer) => atOnce.has(peer) && isOptional(peer))
      .map(
        (peer) =>
          `${peer} is optional, but a main entry loads it at once: remove it from "peerDependenciesMeta" in the ${of}.`,
      ),
    ...Object.keys(peerDependencies)
      .filter((peer) => !atOnce.has(peer) && !isOptional(peer))
      .map(
        (peer) =>
          `${peer} is required, but no main entry loads it at once: set "optional" in "peerDependenciesMeta" of the ${of}.`,
      ),
    ...Object.keys(peerDependenciesMeta)
      .filter((peer) => !(peer in peerDependencies))
      .map((peer) => `${peer} in "peerDependenciesMeta" is no peer: remove it from the ${of}.`),
  ].sort();
}
