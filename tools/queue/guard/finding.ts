import type { AllowableRule } from '../bundle/allow-options';
import type { ChainLink } from './bundle-graph';

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
  /** Further files that break the rule in the same way, those first that are nearest to where the bundle starts. */
  others?: FindingPlace[];
}

/** An import that should not be there, or a line of a file. */
export interface FindingPlace {
  /** The file that an entry of `allow` has to name. */
  path: string;
  /** The file with the import, or with the line. */
  from: string;
  line?: number;
  /** What is imported; undefined if it is no import. */
  to?: string;
}

export interface FindingLink extends ChainLink {
  /** The line of `path` that imports the next link, if it is a file of the workspace. */
  line?: number;
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
