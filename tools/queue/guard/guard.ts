import type { Allowed } from '../bundle/allow-options';
import { alike, nearestFirst } from './alike';
import { checkAllowances, coveredBy, isAllowed } from './allowances';
import { chainThrough, placeOf, withLines } from './chains';
import type { GuardFacts } from './facts';
import type { Finding, FindingLink, FindingPlace } from './finding';
import { missingEntries, type MissingEntry } from './missing-entries';
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
  /** Each fails the build. They name every file that is not allowed. */
  findings: Finding[];
  /** What `allow` covers. */
  allowed: Allowed[];
  /** What `allow` would have to have besides, if that is much. */
  entries: MissingEntry[];
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
  const breaches = nearestFirst(
    facts.bundle,
    RULES.flatMap((check) => check(facts)),
  );
  const allowed = coveredBy(facts.allow, breaches);
  const forbidden = breaches.filter(({ rule, path }) => !isAllowed(facts.allow, rule, path));
  const findings = alike(forbidden).map(([first, ...others]) => findingOf(facts, first, others));
  return {
    findings: [...findings, ...checkAllowances(allowed, known)],
    allowed,
    entries: missingEntries(forbidden, breaches),
  };
}

function findingOf(facts: GuardFacts, first: Breach, others: readonly Breach[]): Finding {
  const { rule, problem, remedy, at } = first;
  const finding = { rule, problem, remedy, chain: chainTo(facts, at) };
  return others.length === 0
    ? finding
    : { ...finding, others: others.map((breach) => placeOfBreach(facts, breach)) };
}

function placeOfBreach(facts: GuardFacts, { path, at }: Breach): FindingPlace {
  if (!('to' in at)) return { path, from: at.file.path, line: at.line };
  const line = placeOf(facts, at.from.path, at.specifier)?.line;
  return { path, from: at.from.path, ...(line !== undefined && { line }), to: at.to.path };
}

function chainTo(facts: GuardFacts, at: Breach['at']): FindingLink[] {
  if ('to' in at) return chainThrough(facts, at);
  const links = facts.bundle.shortestChain((node) => node === at.file);
  return withLines(facts, links).map((link, index) =>
    index === links.length - 1 ? { ...link, line: at.line } : link,
  );
}
