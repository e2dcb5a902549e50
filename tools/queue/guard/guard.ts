import type { Allowed } from '../bundle/allow-options';
import { checkAllowances, coveredBy, isAllowed } from './allowances';
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

/** What the guard has to say of a bundle. */
export interface GuardResult {
  /** Each fails the build. */
  findings: Finding[];
  /** What `allow` covers. */
  allowed: Allowed[];
}

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
 * A breach fails the build, unless the option `allow` covers it; so does an entry of `allow` that does not fit the bundle any
 * more. What the graph allows and the bundle leaves out is no breach; the report shows it (`left-out.ts`).
 *
 * @param known the files that `allow` covered in the last good build
 */
export function guard(facts: GuardFacts, known: readonly string[] = []): GuardResult {
  const breaches = RULES.map((check) => check(facts));
  const allowed = coveredBy(facts.allow, breaches.flat());
  const findings = breaches
    .map((found) => found.filter(({ rule, path }) => !isAllowed(facts.allow, rule, path)))
    .flatMap(firstOfEach)
    .map(({ rule, problem, remedy, at }) => ({ rule, problem, remedy, chain: chainTo(facts, at) }));
  return { findings: [...findings, ...checkAllowances(allowed, known)], allowed };
}

function firstOfEach(breaches: readonly Breach[]): Breach[] {
  const keys = new Set<string>();
  return breaches.filter(({ key }) => !keys.has(key) && keys.add(key));
}

function chainTo(facts: GuardFacts, at: Breach['at']): FindingLink[] {
  if ('to' in at) return chainThrough(facts, at);
  const links = facts.bundle.shortestChain((node) => node === at.file);
  return withLines(facts, links).map((link, index) =>
    index === links.length - 1 ? { ...link, line: at.line } : link,
  );
}
