import type { Project, SourceFiles } from '../../workspace/index';
import type { TextEdit } from './text-edits';
import { prefixOf } from './worker-prefix';

/** A place of the workspace that selects processors of a worker: `WORKER_PROCESSORS=email,report`. */
export interface Selection {
  file: string;
  line: number;
  variable: string;
  /** The names that it has. */
  jobs: string[];
  /** What stands between two of them. */
  separator: string;
  /** Where the names stand. */
  start: number;
  end: number;
}

/** Files that may set variables: of Docker, of compose, of Kubernetes, of npm, of shells, and of environments. */
const FILES =
  /(^|\/)(\.env[^/]*|[^/]*\.env|[^/]*\.ya?ml|Dockerfile[^/]*|[^/]*\.sh|package\.json|project\.json|Procfile)$/;

/** Folders that are not searched: other people's files, what is made from others, and hidden ones but those of CI. */
const SKIPPED =
  /^(node_modules|dist|coverage|tmp|\.(?!github$|gitlab$|circleci$|ci$|devcontainer$).*)$/;

/** What selects the processors of a worker: `WORKER_PROCESSORS` of `worker`. */
export function variableOf(worker: Project, files: SourceFiles): string {
  const text = files.read(`${worker.sourceRoot}/worker.ts`, 'utf-8') ?? '';
  const [, name = worker.name] = /\bname: ['"]([^'"]+)['"]/.exec(text) ?? [];
  return `${prefixOf(name)}_PROCESSORS`;
}

/** Every place of the workspace that sets one of these variables, as files write it. */
export function findSelections(files: SourceFiles, variables: readonly string[]): Selection[] {
  return settingsFiles(files, '').flatMap((file) => {
    const text = files.read(file, 'utf-8') ?? '';
    // What is generated follows by itself.
    if (text.startsWith('# DO NOT EDIT')) return [];
    return variables.flatMap((variable) => selectionsIn(file, text, variable));
  });
}

/**
 * The lines of settings files that have one of these words, as `file:line`. What is generated is passed over.
 *
 * @param words regular expressions, each for a whole word
 */
export function linesWith(files: SourceFiles, words: readonly string[]): string[] {
  const pattern = new RegExp(`(?<![\\w-])(?:${words.join('|')})(?![\\w-])`);
  return settingsFiles(files, '').flatMap((file) => {
    const text = files.read(file, 'utf-8') ?? '';
    if (text.startsWith('# DO NOT EDIT')) return [];
    return text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : []));
  });
}

/** `NAME=a,b`, `NAME: a,b`, `"NAME": "a,b"`, and `name: NAME` with `value: a,b` in the line after it. */
function selectionsIn(file: string, text: string, variable: string): Selection[] {
  const pattern = new RegExp(
    `(?<![\\w])${variable}(?:["']?[ \\t]*[:=]-?[ \\t]*|["']?[ \\t]*\\r?\\n[ \\t]*value:[ \\t]*)["']?` +
      `([a-z][a-z0-9-]*(?:[ \\t]*,[ \\t]*[a-z][a-z0-9-]*)*)`,
    'g',
  );
  return [...text.matchAll(pattern)].map(({ index, 0: whole, 1: list = '' }) => {
    const end = index + whole.length;
    const start = end - list.length;
    return {
      file,
      line: text.slice(0, start).split('\n').length,
      variable,
      jobs: list.split(',').map((job) => job.trim()),
      separator: /[ \t]*,[ \t]*/.exec(list)?.[0] ?? ',',
      start,
      end,
    };
  });
}

function settingsFiles(files: SourceFiles, folder: string): string[] {
  return files.children(folder === '' ? '.' : folder).flatMap((name) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (files.isFile(path)) return FILES.test(path) ? [path] : [];
    return SKIPPED.test(name) ? [] : settingsFiles(files, path);
  });
}

/** The edits, by file, that give each selection the names that `next` says. */
export function selectionEdits(
  selections: readonly Selection[],
  next: (selection: Selection) => readonly string[],
): Map<string, TextEdit[]> {
  const edits = new Map<string, TextEdit[]>();
  for (const selection of selections) {
    const jobs = next(selection);
    if (jobs.join() === selection.jobs.join()) continue;
    const edit = {
      start: selection.start,
      end: selection.end,
      text: jobs.join(selection.separator),
    };
    edits.set(selection.file, [...(edits.get(selection.file) ?? []), edit]);
  }
  return edits;
}

/** A list of names with one more: in its place if the list is sorted, otherwise at its end. */
export function withName(jobs: readonly string[], job: string): string[] {
  if (jobs.includes(job)) return [...jobs];
  const isSorted = jobs.every((name, index) => index === 0 || (jobs[index - 1] ?? '') <= name);
  return isSorted ? [...jobs, job].sort() : [...jobs, job];
}
