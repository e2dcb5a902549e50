import type { Finding } from './finding';
import type { GuardFacts } from './facts';
import { checkBarrels } from './rules/barrel.rule';
import { checkComputedImports } from './rules/computed-import.rule';
import { checkPackages } from './rules/package.rules';
import { checkProcessors, checkProducer } from './rules/processor.rules';
import { checkProjects } from './rules/project.rules';

/**
 * Holds a bundle against the project graph.
 *
 * 1. Every bundled file is of a project that the graph says the application depends on.
 * 2. Every npm package, bundled or external, is declared, and known to the graph.
 * 3. Every file is there because an entry (the bootstrap, or what the children of isolated processors run)
 *    or a registered processor uses it; none is of another application, and none was loaded in a way
 *    that nobody can follow.
 *
 * A breach fails the build. What the graph allows and the bundle leaves out is no breach; the report
 * shows it (`left-out.ts`).
 */
export function guard(facts: GuardFacts): Finding[] {
  return [
    ...checkProjects(facts),
    ...checkPackages(facts),
    ...checkProcessors(facts),
    ...checkProducer(facts),
    ...checkBarrels(facts),
    ...checkComputedImports(facts),
  ];
}
