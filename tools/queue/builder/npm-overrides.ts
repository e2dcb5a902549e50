import { satisfies, validRange } from 'semver';
import type { LockEntry } from './lock-entry';

/** A package, one that it needs, and which one it gets. */
export interface ResolvedNeed {
  readonly name: string;
  readonly by: LockEntry;
  /** By which name the dependent is installed. */
  readonly byName: string;
  readonly gets: LockEntry;
}

/** As in package.json: by dependent, the versions of what it needs. */
export type Overrides = Record<string, Record<string, string>>;

/**
 * The `overrides` without which npm refuses a lockfile: it holds what a package gets against what the package asks for.
 * The workspace's own `overrides` have made the difference, or a peer that was not insisted on.
 */
export function overridesFor(needs: Iterable<ResolvedNeed>): Overrides {
  const overrides: Overrides = {};
  for (const { name, by, byName, gets } of needs) {
    if (gets.version === undefined || isWanted(rangeOf(by, name), gets)) continue;
    // The key of an alias must not have a version: npm takes it for another override.
    const key = by.name === undefined ? `${byName}@${by.version ?? '*'}` : byName;
    const version = gets.name === undefined ? gets.version : `npm:${gets.name}@${gets.version}`;
    overrides[key] = { ...overrides[key], [name]: version };
  }
  return overrides;
}

function rangeOf(entry: LockEntry, name: string): string | undefined {
  const { dependencies, optionalDependencies, peerDependencies } = entry;
  return optionalDependencies?.[name] ?? dependencies?.[name] ?? peerDependencies?.[name];
}

/** What is no range of versions (a tag, an address, an alias) cannot be compared, and npm has resolved it. */
function isWanted(range: string | undefined, { version = '' }: LockEntry): boolean {
  if (range === undefined || validRange(range) === null) return true;
  return satisfies(version, range);
}
