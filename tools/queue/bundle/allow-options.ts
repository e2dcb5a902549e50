/** The rules of the bundle guard that `allow` can suspend for named paths. Loss of jobs is not among them. */
export const ALLOWABLE_RULES = [
  'unknown-to-graph',
  'undeclared-package',
  'other-application',
  'forbidden-project',
  'processor-outside-registry',
  'consumer-in-producer',
  'dragged-by-barrel',
  'computed-import',
  'file-by-path',
] as const;

export type AllowableRule = (typeof ALLOWABLE_RULES)[number];

/** An entry of the option `allow`: files that may break a rule of the bundle guard for a while. */
export interface AllowOptions {
  rule: AllowableRule;
  /**
   * Files, relative to the workspace root, or folders: `apps/api/src/mail/**`. With the rules `other-application` and
   * `forbidden-project` those that should not be in the bundle, with all others those with the import or the line.
   */
  paths: string[];
  /** How many files it covers, no more and no fewer. Needed with a folder; the default is the number of `paths`. */
  count?: number;
  reason: string;
  /** The last day, such as `2027-03-31`, in UTC. */
  until: string;
}

/** An entry of `allow`, and the files of a bundle that it covers. */
export interface Allowed extends AllowOptions {
  files: string[];
}

/** Whether an entry covers a file. */
export function coversPath({ paths }: Pick<AllowOptions, 'paths'>, file: string): boolean {
  return paths.some((path) => matches(path, file));
}

/** @param path a file, or a folder with `/**` */
export function matches(path: string, file: string): boolean {
  return isFolder(path) ? file.startsWith(path.slice(0, -2)) : file === path;
}

export function isFolder(path: string): boolean {
  return path.endsWith('/**');
}

/** What is wrong with an entry, as the end of a sentence, and what to write; undefined if nothing is. */
export function problemOfEntry(entry: unknown): { problem: string; remedy: string } | undefined {
  const { rule, paths, count, reason, until } = (entry ?? {}) as Record<string, unknown>;
  if (!ALLOWABLE_RULES.some((name) => name === rule)) {
    const found = rule === undefined ? 'has no "rule"' : `has the "rule" ${JSON.stringify(rule)}`;
    return { problem: found, remedy: `Write one of: ${ALLOWABLE_RULES.join(', ')}.` };
  }
  if (!Array.isArray(paths) || paths.length === 0) {
    return {
      problem: 'has no "paths"',
      remedy: 'Write files, or folders: "apps/api/src/mail/**".',
    };
  }
  const bad = paths.find((path) => !isPath(path)) as unknown;
  if (bad !== undefined) {
    return {
      problem: `has the path ${JSON.stringify(bad)}`,
      remedy:
        'Write a file relative to the workspace root, with "/", or a folder and "/**" after it; other wildcards are not known.',
    };
  }
  if (count === undefined && paths.some(isFolder)) {
    return {
      problem: 'names a folder and has no "count"',
      remedy: 'Write how many files it covers; a build with "count": 0 says how many there are.',
    };
  }
  if (count !== undefined && !(Number.isInteger(count) && (count as number) >= 0)) {
    return {
      problem: `has the "count" ${JSON.stringify(count)}`,
      remedy: 'Write how many files it covers.',
    };
  }
  if (typeof reason !== 'string' || reason.trim() === '') {
    return { problem: 'has no "reason"', remedy: 'Write why it is needed, and what will end it.' };
  }
  if (!isDay(until)) {
    return {
      problem: until === undefined ? 'has no "until"' : `has the "until" ${JSON.stringify(until)}`,
      remedy: 'Write the last day: "2027-03-31".',
    };
  }
  return undefined;
}

function isPath(path: unknown): path is string {
  if (typeof path !== 'string') return false;
  const file = isFolder(path) ? path.slice(0, -3) : path;
  return (
    file !== '' && !/[*?{}\\]|^\/|^[A-Za-z]:/.test(file) && !/(?:^|\/)\.{0,2}(?:\/|$)/.test(file)
  );
}

function isDay(text: unknown): boolean {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
