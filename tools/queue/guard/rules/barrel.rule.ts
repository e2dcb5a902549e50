import type { Finding } from '../finding';
import type { Edge, GuardFacts } from '../facts';
import { bundledEdges, chainThrough, isOwnFile } from '../facts';
import { WantedFiles } from '../wanted-files';

/**
 * Rule 3, for libraries: a package is in the bundle because something that is used imports it, and not
 * because a barrel (a file that re-exports others) happens to name a file that imports it.
 */
export function checkBarrels(facts: GuardFacts): Finding[] {
  const wanted = new WantedFiles(facts);
  const findings = new Map<string, Finding>();
  for (const edge of bundledEdges(facts)) {
    const name = edge.to.package;
    if (name === undefined || findings.has(name)) continue;
    if (!isOwnFile(edge.from) || wanted.has(edge.from) || wanted.has(edge.to)) continue;
    findings.set(name, dragged(facts, edge, name));
  }
  return [...findings.values()];
}

function dragged(facts: GuardFacts, edge: Edge, name: string): Finding {
  const chain = chainThrough(facts, edge);
  const barrel = chain.findLast(({ path }, index) => {
    const specifier = chain[index + 1]?.specifier;
    const node = facts.bundle.nodes.get(path);
    return (
      isOwnFile(node) &&
      facts.syntaxOf(path).reExports.some((reExport) => reExport.specifier === specifier)
    );
  });
  const library = facts.projects.ownerOf(edge.from.path);
  return {
    rule: 'dragged-by-barrel',
    problem:
      `The package "${name}" is in the bundle, but nothing that is used needs it. ` +
      `${edge.from.path} imports it, and is there only because ${barrel?.path ?? 'a barrel'} re-exports it along with what is used.`,
    remedy:
      `Give ${edge.from.path} an import path of its own and take it out of the barrel. ` +
      `Or, if importing a file of "${library?.name}" does nothing but define things, say so: ` +
      `"sideEffects": false in ${library?.root}/package.json lets the bundler drop what is not used.`,
    chain,
  };
}
