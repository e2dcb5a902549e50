import type { Finding } from '../finding';
import type { Edge, GuardFacts } from '../facts';
import { bundledEdges, chainThrough, isOwnFile, placeOf } from '../facts';
import type { MappedProject } from '../project-map';

/**
 * Rule 1: what the bundle takes from another project, the project graph knows of. Otherwise
 * `nx affected` and the cache would not notice when it changes. And rule 3: an application bundles no
 * other one, nor what is tagged as not to be shipped.
 */
export function checkProjects(facts: GuardFacts): Finding[] {
  const findings = new Map<string, Finding>();
  for (const edge of bundledEdges(facts)) {
    if (!isOwnFile(edge.from) || !isOwnFile(edge.to)) continue;
    const from = facts.projects.ownerOf(edge.from.path);
    const to = facts.projects.ownerOf(edge.to.path);
    const key = `${from?.name} ${to?.name}`;
    if ((from && from === to) || findings.has(key)) continue;
    const finding = checkEdge(facts, edge, from, to);
    if (finding) findings.set(key, finding);
  }
  return [...findings.values()];
}

function checkEdge(
  facts: GuardFacts,
  edge: Edge,
  from: MappedProject | undefined,
  to: MappedProject | undefined,
): Finding | undefined {
  if (!to) return inNoProject(facts, edge);
  if (to.isApplication && to !== facts.app) return otherApplication(facts, edge, to);
  const tag = to.tags.find((candidate) => facts.forbiddenTags.includes(candidate));
  if (tag !== undefined) return forbidden(facts, edge, to, tag);
  if (!from || from.projects.has(to.name)) return undefined;
  return unknownToGraph(facts, edge, from, to);
}

function otherApplication(facts: GuardFacts, edge: Edge, to: MappedProject): Finding {
  return {
    rule: 'other-application',
    problem: `${edge.from.path} imports a file of the application "${to.name}". An application ships its own code and that of libraries, never another application's.`,
    remedy: `Move what both need into a library, and import it from there.`,
    chain: chainThrough(facts, edge),
  };
}

function forbidden(facts: GuardFacts, edge: Edge, to: MappedProject, tag: string): Finding {
  return {
    rule: 'forbidden-project',
    problem: `${edge.from.path} imports a file of "${to.name}", which is tagged ${tag} and so is not for shipping.`,
    remedy: `Import it from tests or tools only; what is to be shipped belongs into a library.`,
    chain: chainThrough(facts, edge),
  };
}

function inNoProject(facts: GuardFacts, edge: Edge): Finding {
  return {
    rule: 'unknown-to-graph',
    problem: `${edge.from.path} imports ${edge.to.path}, which is in no project. Nx would not notice when it changes.`,
    remedy: `Move the file into a project, or give its folder a project.json.`,
    chain: chainThrough(facts, edge),
  };
}

function unknownToGraph(
  facts: GuardFacts,
  edge: Edge,
  from: MappedProject,
  to: MappedProject,
): Finding {
  const place = placeOf(facts, edge.from.path, edge.specifier);
  return {
    rule: 'unknown-to-graph',
    problem:
      `${edge.from.path} imports a file of "${to.name}", but the project graph does not know that "${from.name}" depends on "${to.name}". ` +
      `A change in "${to.name}" would neither rebuild nor retest "${facts.app.name}".`,
    remedy: place?.isHidden
      ? `Delete the comment nx-ignore-next-line above line ${place.line} of ${edge.from.path}.`
      : `Import it by its import path (npx nx graph shows what Nx sees). If the import is new: npx nx reset, and build again.`,
    chain: chainThrough(facts, edge),
  };
}
