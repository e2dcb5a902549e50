import type { BundleEdge } from '../bundle-graph';
import { isOwnFile } from '../bundle-graph';
import { chainThrough } from '../chains';
import type { GuardFacts } from '../facts';
import { WantedFiles } from '../wanted-files';
import type { Breach } from './breach';
import { breachesOf } from './breach';

/**
 * Rule 3, for libraries: a package is in the bundle because something that is used imports it, and not
 * because a barrel (a file that re-exports others) happens to name a file that imports it.
 */
export function checkBarrels(facts: GuardFacts): Breach[] {
  const wanted = new WantedFiles(facts);
  const dragged = facts.bundle.edges.filter(
    ({ from, to }) =>
      to.package !== undefined && isOwnFile(from) && !wanted.has(from) && !wanted.has(to),
  );
  return breachesOf(
    dragged,
    ({ to }) => to.package ?? '',
    (edge) => draggedByBarrel(facts, edge),
  );
}

function draggedByBarrel(facts: GuardFacts, edge: BundleEdge): Omit<Breach, 'key'> {
  const { path } = edge.from;
  const library = facts.projects.ownerOf(path);
  const barrel = findBarrel(facts, edge) ?? 'a barrel';
  return {
    rule: 'dragged-by-barrel',
    problem:
      `The package "${edge.to.package}" is in the bundle, but no code that is used needs it. ` +
      `${path} imports it, and is there only because ${barrel} re-exports it together with code that is used.`,
    remedy:
      `Give ${path} an import path of its own and remove it from the barrel. ` +
      `Or, if importing a file of "${library?.name}" only defines things, declare that: ` +
      `"sideEffects": false in ${library?.root}/package.json lets the bundler drop what is unused.`,
    at: edge,
    path: edge.from.path,
  };
}

/** The last file on the way to an import that only passes the next one on. */
function findBarrel(facts: GuardFacts, edge: BundleEdge): string | undefined {
  const chain = chainThrough(facts, edge);
  return chain.findLast(({ path }, index) => {
    const next = chain[index + 1]?.specifier;
    return (
      isOwnFile(facts.bundle.nodes.get(path)) &&
      facts.syntaxOf(path).reExports.some(({ specifier }) => specifier === next)
    );
  })?.path;
}
