import type { BundleEdge } from '../bundle-graph';
import { isOfWorkspace, isOwnFile } from '../bundle-graph';
import { placeOf } from '../chains';
import type { GuardFacts } from '../facts';
import type { MappedProject } from '../project-map';
import type { Breach } from './breach';
import { breachesOf } from './breach';
import { packageManager } from '../../workspace/package-manager';

type Found = Omit<Breach, 'key'>;

/**
 * Rule 1: what the bundle takes from another project, the project graph knows of. Otherwise
 * `nx affected` and the cache would not notice when it changes. And rule 3: an application bundles no
 * other one, nor what is tagged as not to be shipped.
 */
export function checkProjects(facts: GuardFacts): Breach[] {
  const { bundle, projects } = facts;
  return breachesOf(
    bundle.edges.filter(({ from, to }) => isOwnFile(from) && isOfWorkspace(to)),
    ({ from, to }, { rule }) => {
      const target = projects.ownerOf(to.path)?.name;
      return rule === 'unknown-to-graph'
        ? `${projects.ownerOf(from.path)?.name} ${target}`
        : `${target}`;
    },
    (edge) => checkEdge(facts, edge),
  );
}

function checkEdge(facts: GuardFacts, edge: BundleEdge): Found | undefined {
  const { app, projects } = facts;
  const from = projects.ownerOf(edge.from.path);
  const to = projects.ownerOf(edge.to.path);
  if (!to) return inNoProject(edge);
  if (from === to && to === app) return undefined;
  // Also what a file that should not be there brings along of its own project: all of that ships.
  const unwanted = checkOwner(facts, edge, to);
  if (unwanted) return unwanted;
  if (!from || from === to || from.projects.has(to.name)) return undefined;
  const hidden = placeOf(facts, edge.from.path, edge.specifier);
  return unknownToGraph(edge, { from, to, app }, hidden?.isHidden ? hidden.line : undefined);
}

function checkOwner(facts: GuardFacts, edge: BundleEdge, to: MappedProject): Found | undefined {
  if (to.isApplication && to !== facts.app) return otherApplication(edge, to);
  const tag = to.tags.find((candidate) => facts.forbiddenTags.includes(candidate));
  return tag === undefined ? undefined : forbidden(edge, to, tag);
}

function takes({ pathLine }: BundleEdge): string {
  return pathLine === undefined ? 'imports' : 'refers to';
}

function otherApplication(edge: BundleEdge, to: MappedProject): Found {
  return {
    rule: 'other-application',
    problem: `${edge.from.path} ${takes(edge)} a file of the application "${to.name}". An application ships its own code and that of libraries, never another application's.`,
    remedy: `Move the shared code into a library, and import it from there. To ship before that is done, see "allow" in the options of the build target.`,
    at: edge,
    path: edge.to.path,
  };
}

function forbidden(edge: BundleEdge, to: MappedProject, tag: string): Found {
  return {
    rule: 'forbidden-project',
    problem: `${edge.from.path} ${takes(edge)} a file of "${to.name}", which is tagged ${tag} and must not ship.`,
    remedy: `Import it only from tests or tools. Code that ships belongs in a library.`,
    at: edge,
    path: edge.to.path,
  };
}

function inNoProject(edge: BundleEdge): Found {
  return {
    rule: 'unknown-to-graph',
    problem: `${edge.from.path} ${takes(edge)} ${edge.to.path}, which belongs to no project. Nx would not notice when it changes.`,
    remedy: `Move the file into a project, or give its folder a project.json.`,
    at: edge,
    path: edge.from.path,
  };
}

/** `hiddenLine`: where the import stands, if a comment hides it from Nx. */
function unknownToGraph(
  edge: BundleEdge,
  { from, to, app }: Record<'from' | 'to' | 'app', MappedProject>,
  hiddenLine: number | undefined,
): Found {
  const { exec } = packageManager();
  return {
    rule: 'unknown-to-graph',
    problem:
      `${edge.from.path} ${takes(edge)} a file of "${to.name}", but the project graph does not know that "${from.name}" depends on "${to.name}". ` +
      `A change in "${to.name}" would neither rebuild nor retest "${app.name}".`,
    remedy:
      hiddenLine === undefined
        ? `Import it by its import path (${exec} nx graph shows what Nx sees). If the import is new: ${exec} nx reset, and build again.`
        : `Delete the comment nx-ignore-next-line above line ${hiddenLine} of ${edge.from.path}.`,
    at: edge,
    path: edge.from.path,
  };
}
