import type { AllowableRule } from '../bundle/allow-options';
import type { ChainLink } from './bundle-graph';
import { packageManager } from '../workspace/package-manager';

/** The rules, by what a breach of them is called in reports; `allow`: an entry of that option does not fit the bundle. */
export type RuleName = AllowableRule | 'tests-only' | 'allow';

/** A breach of a rule. It fails the build. */
export interface Finding {
  rule: RuleName;
  /** What is wrong, in one or two sentences. */
  problem: string;
  /** What to do about it. */
  remedy: string;
  /** The shortest way from where the bundle starts to what should not be there. */
  chain: FindingLink[];
}

export interface FindingLink extends ChainLink {
  /** The line of `path` that imports the next link, if it is a file of the workspace. */
  line?: number;
}

/** The text of all findings, for a terminal. `outcome`: what became of the bundle. */
export function formatFindings(
  project: string,
  findings: readonly Finding[],
  outcome: string,
): string {
  const count = findings.length === 1 ? 'one problem' : `${findings.length} problems`;
  return [
    `The bundle guard found ${count} in "${project}". ${outcome}`,
    ...findings.map((finding, index) => formatFinding(finding, index + 1)),
    `To see every import chain to a package or file: ${packageManager().exec} nx run ${project}:why --package=<name>, or --file=<path>.`,
  ].join('\n\n');
}

function formatFinding({ rule, problem, remedy, chain }: Finding, number: number): string {
  return [`${number}. ${problem} [${rule}]`, formatChain(chain), `   What to do: ${remedy}`]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** One file a line, each imported by the one above it. */
export function formatChain(chain: readonly FindingLink[], indent = '     '): string {
  return chain
    .map(({ path, line, isLazy, isByPath }, index) => {
      const arrow = index === 0 ? '' : `${'  '.repeat(index - 1)}└ `;
      const place = line === undefined ? fromNodeModules(path) : `${path}:${line}`;
      return `${indent}${arrow}${place}${isByPath ? '   (by its path)' : isLazy ? '   (loaded on demand)' : ''}`;
    })
    .join('\n');
}

/** The packages of a workspace may lie outside of it, where the way there says nothing. */
function fromNodeModules(path: string): string {
  return path.replace(/^(?:\.\.\/)+.*?(?=node_modules\/)/, '');
}
