import type { PackageManifest } from '../../bundle/npm-package';
import type { Finding } from '../finding';
import type { Edge, GuardFacts } from '../facts';
import { bundledEdges, chainThrough, isOwnFile, placeOf } from '../facts';

/**
 * Rule 2: every npm package, bundled or external, is declared by whoever imports it, and the project
 * graph knows of it. An undeclared one is there by chance, in whatever version another package needs.
 */
export function checkPackages(facts: GuardFacts): Finding[] {
  const findings = new Map<string, Finding>();
  for (const edge of bundledEdges(facts)) {
    const name = edge.to.package;
    if (name === undefined || name === edge.from.package) continue;
    const importer = edge.from.package ?? facts.projects.ownerOf(edge.from.path)?.name;
    const key = `${importer} ${name}`;
    if (findings.has(key)) continue;
    const finding = isOwnFile(edge.from)
      ? checkOwnImport(facts, edge, name)
      : checkPackageImport(facts, edge, name);
    if (finding) findings.set(key, finding);
  }
  return [...findings.values()];
}

function checkOwnImport(facts: GuardFacts, edge: Edge, name: string): Finding | undefined {
  const project = facts.projects.ownerOf(edge.from.path);
  if (!project) return undefined;
  const manifests = [facts.manifests.workspace, facts.manifests.ofProject(project.root)];
  if (!manifests.some((manifest) => declares(manifest, name))) {
    const isForDevelopment = manifests.some((manifest) => manifest?.devDependencies?.[name]);
    return isForDevelopment ? onlyForDevelopment(facts, edge, name) : undeclared(facts, edge, name);
  }
  return project.packages.has(name) ? undefined : unknownToGraph(facts, edge, project.name, name);
}

/** What a package may use: what itself declares, or what the workspace declares in its place. */
function checkPackageImport(facts: GuardFacts, edge: Edge, name: string): Finding | undefined {
  const { manifests } = facts;
  const own = manifests.ofPackageFile(edge.from.path);
  if (own === undefined || declares(own, name) || declares(manifests.workspace, name)) {
    return undefined;
  }
  return {
    rule: 'undeclared-package',
    problem: `The package "${edge.from.package}" imports "${name}" without declaring it, so which version it gets is chance.`,
    remedy: `Declare it in its place: npm install ${name}.`,
    chain: chainThrough(facts, edge),
  };
}

function undeclared(facts: GuardFacts, edge: Edge, name: string): Finding {
  return {
    rule: 'undeclared-package',
    problem: `${edge.from.path} imports the package "${name}", which no package.json declares. It is installed only because another package needs it, and may change or vanish with that one.`,
    remedy: `npm install ${name}`,
    chain: chainThrough(facts, edge),
  };
}

function onlyForDevelopment(facts: GuardFacts, edge: Edge, name: string): Finding {
  return {
    rule: 'undeclared-package',
    problem: `${edge.from.path} imports the package "${name}", which package.json declares for development only, but it is shipped with "${facts.app.name}".`,
    remedy: `Move it from "devDependencies" to "dependencies": npm install --save-prod ${name}`,
    chain: chainThrough(facts, edge),
  };
}

function unknownToGraph(facts: GuardFacts, edge: Edge, project: string, name: string): Finding {
  const place = placeOf(facts, edge.from.path, edge.specifier);
  return {
    rule: 'unknown-to-graph',
    problem:
      `${edge.from.path} imports the package "${name}", but the project graph does not know that "${project}" depends on it. ` +
      `An update of "${name}" would neither rebuild nor retest "${facts.app.name}".`,
    remedy: place?.isHidden
      ? `Delete the comment nx-ignore-next-line above line ${place.line} of ${edge.from.path}.`
      : `Run: npm install, then npx nx reset, and build again.`,
    chain: chainThrough(facts, edge),
  };
}

function declares(manifest: PackageManifest | undefined, name: string): boolean {
  return (
    manifest?.dependencies?.[name] !== undefined ||
    manifest?.optionalDependencies?.[name] !== undefined ||
    manifest?.peerDependencies?.[name] !== undefined
  );
}
