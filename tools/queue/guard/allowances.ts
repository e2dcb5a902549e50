import type { Allowed, AllowOptions } from '../bundle/allow-options';
import { coversPath, matches } from '../bundle/allow-options';
import type { Finding } from './finding';
import type { Breach } from './rules/breach';

/** How many files a message names. */
const NAMED = 10;

export function isAllowed(entries: readonly AllowOptions[], rule: string, path: string): boolean {
  return entries.some((entry) => entry.rule === rule && coversPath(entry, path));
}

/** What each entry covers, in the order of the entries. */
export function coveredBy(
  entries: readonly AllowOptions[],
  breaches: readonly Breach[],
): Allowed[] {
  return entries.map((entry) => {
    const files = breaches
      .filter(({ rule, path }) => rule === entry.rule && coversPath(entry, path))
      .map(({ path }) => path);
    return { ...entry, files: [...new Set(files)].sort() };
  });
}

/**
 * What is wrong with entries that do not fit the bundle any more. They fail the build as breaches do: otherwise what has been
 * mended could come back unnoticed.
 *
 * @param known the files that entries covered in the last good build, to tell which ones are new
 */
export function checkAllowances(allowed: readonly Allowed[], known: readonly string[]): Finding[] {
  return allowed.flatMap((entry) => {
    const { paths, files, count } = entry;
    const unused = paths.filter((path) => !files.some((file) => matches(path, file)));
    if (unused.length === paths.length && count !== 0) return [uselessEntry(entry)];
    const expected = count ?? paths.length;
    return [
      ...(unused.length > 0 && count !== 0 ? [uselessPaths(entry, unused)] : []),
      ...(count !== undefined && files.length > expected
        ? [tooMany(entry, files.length, expected, known)]
        : []),
      ...(count !== undefined && files.length < expected ? [tooFew(entry, expected)] : []),
    ];
  });
}

function uselessEntry({ rule, paths, reason }: Allowed): Finding {
  return {
    rule: 'allow',
    problem: `"allow" in the options of the build target has an entry for the rule ${rule} in ${listed(paths)}, but no file there breaks that rule any more.`,
    remedy: `Delete the entry (its reason: ${reason}).`,
    chain: [],
  };
}

function uselessPaths({ rule }: Allowed, unused: readonly string[]): Finding {
  const isOne = unused.length === 1;
  return {
    rule: 'allow',
    problem: `"allow" in the options of the build target has ${listed(unused)} in an entry for the rule ${rule}, but no file there breaks that rule any more.`,
    remedy: `Delete ${isOne ? 'that path' : 'those paths'} from its "paths".`,
    chain: [],
  };
}

function tooMany(
  { rule, paths, files }: Allowed,
  found: number,
  expected: number,
  known: readonly string[],
): Finding {
  const added = files.filter((file) => !known.includes(file));
  const isTold = added.length > 0 && added.length < files.length;
  return {
    rule: 'allow',
    problem:
      `"allow" in the options of the build target lets ${counted(expected)} in ${listed(paths)} break the rule ${rule}, and ${found} ${found === 1 ? 'does' : 'do'}. ` +
      (isTold ? `New since the last good build: ${listed(added)}.` : `They are: ${listed(files)}.`),
    remedy:
      expected === 0
        ? `If all of them have to be there for now, write "count": ${found}.`
        : `Keep what is new out of the bundle. "count" is there to go down.`,
    chain: [],
  };
}

function tooFew({ rule, paths, files }: Allowed, expected: number): Finding {
  return {
    rule: 'allow',
    problem: `"allow" in the options of the build target lets ${counted(expected)} in ${listed(paths)} break the rule ${rule}, and only ${files.length} ${files.length === 1 ? 'does' : 'do'} now.`,
    remedy: `Write "count": ${files.length}, so that no other file can take the place.`,
    chain: [],
  };
}

function counted(files: number): string {
  return files === 1 ? 'one file' : `${files} files`;
}

function listed(paths: readonly string[]): string {
  const named = paths.slice(0, NAMED).join(', ');
  return paths.length > NAMED ? `${named} and ${paths.length - NAMED} more` : named;
}
