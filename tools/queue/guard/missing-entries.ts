import { type AllowableRule, type AllowOptions, coversPath } from '../bundle/allow-options';
import type { Breach } from './rules/breach';

/** An entry that `allow` lacks; a person adds why, and until when. */
export type MissingEntry = Pick<AllowOptions, 'rule' | 'paths' | 'count'>;

/** From how many files of a rule on it is worth writing the entry for a person. */
const MANY = 3;

/** More paths than that are too many to read in an entry, which names folders then. */
const PATHS = 20;

/** The rules that are kept by moving or changing code. What breaks another one is mended at once for all files, which is less than an entry. */
const TAKE_TIME: ReadonlySet<string> = new Set<AllowableRule>([
  'other-application',
  'forbidden-project',
  'processor-outside-registry',
  'consumer-in-producer',
  'computed-import',
  'file-by-path',
]);

/**
 * The entries with which a build would succeed: one for each rule that many files break.
 *
 * @param breaches what is not allowed
 * @param all those, and what is allowed already, which a folder counts too
 */
export function missingEntries(
  breaches: readonly Breach[],
  all: readonly Breach[],
): MissingEntry[] {
  const rules = [...new Set(breaches.map(({ rule }) => rule))].filter((rule) =>
    TAKE_TIME.has(rule),
  );
  return rules.flatMap((rule) => {
    const files = filesOf(rule, breaches);
    if (files.length < MANY) return [];
    const paths = files.length > PATHS ? folders(files) : files;
    const covered = filesOf(rule, all).filter((file) => coversPath({ paths }, file));
    const hasFolder = paths.some((path) => !files.includes(path));
    return [{ rule: rule as AllowableRule, paths, ...(hasFolder && { count: covered.length }) }];
  });
}

function filesOf(rule: string, breaches: readonly Breach[]): string[] {
  const found = breaches.filter((breach) => breach.rule === rule).map(({ path }) => path);
  return [...new Set(found)].sort();
}

/** The deepest folders with which the entry is short enough; a file that is alone in its own, or above them, stands for itself. */
function folders(files: readonly string[]): string[] {
  const deepest = Math.max(...files.map(depthOf));
  for (let depth = deepest; ; depth--) {
    const paths = pathsAt(files, depth);
    if (paths.length <= PATHS || depth <= 1) return paths;
  }
}

/** @param depth of how many parts the path of a folder is at most */
function pathsAt(files: readonly string[], depth: number): string[] {
  const within = new Map<string, string[]>();
  for (const file of files) {
    const key = depthOf(file) < depth ? file : file.split('/').slice(0, depth).join('/');
    within.set(key, [...(within.get(key) ?? []), file]);
  }
  return [...within].map(([folder, [first = '', ...others]]) =>
    others.length === 0 ? first : `${folder}/**`,
  );
}

/** In how many folders a file lies. */
function depthOf(file: string): number {
  return file.split('/').length - 1;
}
