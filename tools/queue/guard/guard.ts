import { chainThrough, withLines } from './chains';
import type { GuardFacts } from './facts';
import type { Finding, FindingLink } from './finding';
import { checkBarrels } from './rules/barrel.rule';
import type { Breach } from './rules/breach';
import { checkComputedImports } from './rules/computed-import.rule';
import { checkFilePaths } from './rules/file-path.rule';
import { checkPackages } from './rules/package.rules';
import { checkProcessors, checkProducer, checkTestsOnly } from './rules/processor.rules';
import { checkProjects } from './rules/project.rules';

const RULES: readonly ((facts: GuardFacts) => Breach[])[] = [
  checkProjects,
  checkPackages,
  checkProcessors,
  checkProducer,
  checkTestsOnly,
  checkBarrels,
  checkComputedImports,
  checkFilePaths,
];

/**
 * Holds a bundle against the project graph.
 *
 * 1. Every bundled file is of a project that the graph says the application depends on.
 * 2. Every npm package, bundled or external, is declared, and known to the graph.
 * 3. Every file is there because an entry (the bootstrap, or what the sandboxes of isolated processors run)
 *    or a registered processor uses it; none is of another application, and none was loaded in a way
 *    that cannot be followed.
 * 4. Every file that its code reads by a path goes along with it.
 *
 * A breach fails the build. What the graph allows and the bundle leaves out is no breach; the report
 * shows it (`left-out.ts`).
 */
export function guard(facts: GuardFacts): Finding[] {
  return RULES.flatMap((check) =>
    check(facts).map(({ at, ...finding }) => ({ ...finding, chain: chainTo(facts, at) })),
  );
}

function chainTo(facts: GuardFacts, at: Breach['at']): FindingLink[] {
  if ('to' in at) return chainThrough(facts, at);
  const links = facts.bundle.shortestChain((node) => node === at.file);
  return withLines(facts, links).map((link, index) =>
    index === links.length - 1 ? { ...link, line: at.line } : link,
  );
}
