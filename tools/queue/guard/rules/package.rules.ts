import type { PackageManifest } from '../../bundle/npm-package';
import { dependencyKind } from '../../bundle/npm-package';
import type { BundleEdge } from '../bundle-graph';
import { isImpliedByJsx, isOwnFile } from '../bundle-graph';
import { placeOf } from '../chains';
import type { GuardFacts } from '../facts';
import type { Breach } from './breach';
import { breachesOf } from './breach';

type Found = Omit<Breach, 'key'>;
import { packageManager } from '../../workspace/package-manager';

/**
 * Rule 2: every npm package, bundled or external, is declared by its importer, and the project graph
 * knows of it. An undeclared one is there by chance, in whatever version another package needs.
 */
export function checkPackages(facts: GuardFacts): Breach[] {
  const { bundle, projects } = facts;
  return breachesOf(
    bundle.edges.filter(({ from, to }) => to.package !== undefined && to.package !== from.package),
    ({ from, to }) => `${from.package ?? projects.ownerOf(from.path)?.name} ${to.package}`,
    (edge) =>
      isOwnFile(edge.from) ? checkOwnImport(facts, edge) : checkPackageImport(facts, edge),
  );
}

function checkOwnImport(facts: GuardFacts, edge: BundleEdge): Found | undefined {
  const { app, manifests } = facts;
  const name = edge.to.package ?? '';
  const project = facts.projects.ownerOf(edge.from.path);
  if (!project) return undefined;
  const declaring = [manifests.workspace, manifests.ofProject(project.root)];
  if (declaring.some((manifest) => declares(manifest, name))) {
    if (project.packages.has(name) || isImpliedByJsx(edge.specifier)) return undefined;
    const hidden = placeOf(facts, edge.from.path, edge.specifier);
    return unknownToGraph(edge, project.name, app.name, hidden?.isHidden ? hidden.line : undefined);
  }
  const isForDevelopment = declaring.some((manifest) => manifest?.devDependencies?.[name]);
  return isForDevelopment ? onlyForDevelopment(edge, app.name) : undeclared(edge);
}

/** What a package may use: what itself declares, or what the workspace declares in its place. */
function checkPackageImport({ manifests }: GuardFacts, edge: BundleEdge): Found | undefined {
  const { from, to } = edge;
  const name = to.package ?? '';
  // No registry has a name that begins with a dot: this is code which a package has generated for itself, such as .prisma.
  if (name.startsWith('.')) return undefined;
  const own = manifests.ofPackageFile(from.path);
  if (own === undefined || declares(own, name) || declares(manifests.workspace, name)) {
    return undefined;
  }
  return {
    rule: 'undeclared-package',
    problem: `The package "${from.package}" imports "${name}" without declaring it, so the version it gets is a matter of chance.`,
    remedy: `Declare it in its place: ${packageManager().add} ${name}.`,
    at: edge,
    path: edge.from.path,
  };
}

function undeclared(edge: BundleEdge): Found {
  const { from, to } = edge;
  return {
    rule: 'undeclared-package',
    problem: `${from.path} imports the package "${to.package}", which no package.json declares. It is installed only because another package depends on it, and can change or disappear with that package.`,
    remedy: `${packageManager().add} ${to.package}`,
    at: edge,
    path: edge.from.path,
  };
}

function onlyForDevelopment(edge: BundleEdge, app: string): Found {
  const { from, to } = edge;
  return {
    rule: 'undeclared-package',
    problem: `${from.path} imports the package "${to.package}", which package.json lists in "devDependencies", but it ships with "${app}".`,
    remedy: `Move it from "devDependencies" to "dependencies": ${packageManager().add} ${to.package}`,
    at: edge,
    path: edge.from.path,
  };
}

/** `hiddenLine`: where the import stands, if a comment hides it from Nx. */
function unknownToGraph(
  edge: BundleEdge,
  project: string,
  app: string,
  hiddenLine: number | undefined,
): Found {
  const { from, to } = edge;
  const { exec, install } = packageManager();
  return {
    rule: 'unknown-to-graph',
    problem:
      `${from.path} imports the package "${to.package}", but the project graph does not know that "${project}" depends on it. ` +
      `An update of "${to.package}" would neither rebuild nor retest "${app}".`,
    remedy:
      hiddenLine === undefined
        ? `Run: ${install}, then ${exec} nx reset, and build again.`
        : `Delete the comment nx-ignore-next-line above line ${hiddenLine} of ${from.path}.`,
    at: edge,
    path: edge.from.path,
  };
}

function declares(manifest: PackageManifest | undefined, name: string): boolean {
  return manifest !== undefined && dependencyKind(manifest, name) !== undefined;
}
