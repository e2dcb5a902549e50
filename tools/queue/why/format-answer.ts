import type { FindingLink } from '../guard/finding';
import { packageNameOf } from '../bundle/npm-package';
import { LEFT_OUT } from '../bundle/left-out';
import { formatBytes } from '../terminal/format-bytes';
import { isolationNote } from '../record/isolation-note';
import type { Painter } from '../terminal/painter';
import type { RootChains } from './find-chains';
import type { Absent, Present, WhyAnswer } from './why-answer';
import type { WhyQuery } from './why-query';
import { packageManager } from '../workspace/package-manager';

const LEFT_OUT_PREFIX = `${LEFT_OUT}:`;

/** The answer for a terminal. */
export function formatAnswer(answer: WhyAnswer, paint: Painter): string {
  return 'reached' in answer ? formatPresent(answer, paint) : formatAbsent(answer, paint);
}

function formatPresent(answer: Present, paint: Painter): string {
  const { reached, notReachedFrom } = answer;
  const parts = [
    summary(answer, paint),
    ...reached.map((found) => formatRoot(found, answer, paint)),
  ];
  if (notReachedFrom.length > 0) {
    parts.push(paint('dim', `Not reached from: ${notReachedFrom.join(', ')}`));
  }
  return parts.join('\n\n');
}

function summary(answer: Present, paint: Painter): string {
  const { project, query, version, bytes, status, requiredBy } = answer;
  const subject = paint('bold', [nameOf(query), version].filter(Boolean).join(' '));
  switch (status) {
    case 'bundled':
      return `${subject} is in the bundle of ${project}: ${formatBytes(bytes)}.`;
    case 'external':
      return `${subject} is installed beside the bundle of ${project}${answer.reason === undefined ? '' : `: ${answer.reason}`}.`;
    case 'left-out':
      return (
        `${subject} is left out of the bundle of ${project}: ${requiredBy ?? 'a package'} can use it, but works without it.\n` +
        `To include it, import it in a file of the application, or list it in "include" of the build target's options.`
      );
    case 'nothing-left':
      return (
        `${subject} is imported, but contributes no code to the bundle of ${project}: ` +
        'it only re-exports other files, or its exports are unused.'
      );
  }
}

function formatRoot({ root, chains, more }: RootChains, answer: Present, paint: Painter): string {
  const lines = chains.map((chain) => formatLinks(chain, answer, paint));
  if (more > 0)
    lines.push(
      paint('dim', `  … and ${more} more. Show them with --limit=${more + chains.length}`),
    );
  return [paint('cyan', titleOf(root)), lines.join(chains.length > 1 ? '\n\n' : '\n')].join('\n');
}

function titleOf({ kind, name, isolation }: RootChains['root']): string {
  if (kind === 'start') return `start (${name})`;
  if (kind === 'sandbox') return `sandboxes of isolated processors (${name})`;
  return `processor ${name}${isolation === undefined ? '' : ` (${isolationNote(isolation)})`}`;
}

function formatLinks(chain: readonly FindingLink[], answer: Present, paint: Painter): string {
  return foldPackages(chain)
    .map(({ link, files }, index, all) => {
      const isLast = index === all.length - 1;
      const arrow = index === 0 ? '  ' : `${'  '.repeat(index)}└ `;
      const path = link.path.replace(LEFT_OUT_PREFIX, '');
      const place = link.line === undefined ? path : `${path}:${link.line}`;
      const text = isLast ? paint('bold', place) : place;
      const note = notes(link, files, isLast, answer);
      return `${paint('dim', arrow)}${text}${note && paint('dim', note)}`;
    })
    .join('\n');
}

function notes(
  { isLazy, isByPath }: FindingLink,
  files: number,
  isLast: boolean,
  { status }: Present,
): string {
  const remarks = [
    ...(files > 1 ? [`and ${files - 1} more in the package`] : []),
    ...(isByPath ? ['by its path'] : []),
    ...(isLazy && !isByPath ? ['import(): loaded on demand'] : []),
    ...(isLast && status === 'external' ? ['outside the bundle'] : []),
    ...(isLast && status === 'left-out' ? ['left out'] : []),
  ];
  return remarks.length > 0 ? `   (${remarks.join(', ')})` : '';
}

interface Fold {
  link: FindingLink;
  files: number;
}

/** Files of one package that import each other are one line: the first, which is imported from outside. */
function foldPackages(chain: readonly FindingLink[]): Fold[] {
  const folds: Fold[] = [];
  for (const link of chain) {
    const last = folds.at(-1);
    const name = packageIn(link.path);
    if (last && name !== undefined && !link.isLazy && packageIn(last.link.path) === name) {
      last.files += 1;
    } else folds.push({ link, files: 1 });
  }
  return folds;
}

function packageIn(path: string): string | undefined {
  const [, inside] = /^.*(?:^|\/)node_modules\/(.+)$/.exec(path) ?? [];
  return inside === undefined ? undefined : packageNameOf(inside);
}

function formatAbsent(answer: Absent, paint: Painter): string {
  const { project, query, version, graphPath: path } = answer;
  const subject = paint('bold', [nameOf(query), version].filter(Boolean).join(' '));
  if (answer.status === 'unknown') return formatUnknown(answer, subject);
  const lines = [`${subject} is not in the bundle of ${project}.`];
  if (answer.status === 'allowed') {
    const steps = path.map((step) => step.replace(/^npm:/, '')).join(' → ');
    lines.push(
      query.kind === 'file' && path.length === 1
        ? `The project graph would allow it: it is a file of ${project}.`
        : `The project graph would allow it: ${steps}`,
      'But no bundled file imports it. (Type imports do not count.)',
    );
  } else lines.push(notAllowed(answer));
  return lines.join('\n');
}

function notAllowed({ project, query, projects, packages, isDeclared }: Absent): string {
  if (query.kind === 'file') {
    const [owner] = projects;
    if (owner === undefined)
      return 'It belongs to no project, so the project graph would not allow it.';
    return `The project graph would not allow it: it belongs to ${owner}, which ${project} does not depend on.`;
  }
  if (projects.length > 0) {
    return `The project graph would not allow it: no project that ${project} depends on uses it. Used by: ${projects.join(', ')}.`;
  }
  const because = isDeclared
    ? 'It is installed because a package.json lists it.'
    : packages.length > 0
      ? `It is installed because these packages need it: ${shortened(packages)}.`
      : 'It is installed.';
  return `The project graph would not allow it: no project of the workspace depends on it. ${because}`;
}

function shortened(names: readonly string[]): string {
  const rest = names.length - 5;
  return rest > 0 ? `${names.slice(0, 5).join(', ')} and ${rest} more` : names.join(', ');
}

function formatUnknown({ project, query, similar }: Absent, subject: string): string {
  const option = query.kind === 'package' ? '--package' : '--file';
  const problem =
    query.kind === 'package'
      ? `${subject} is not in the bundle of ${project}. It is not installed, and nothing in the workspace depends on it.`
      : `There is no file ${subject}. Paths are relative to the workspace root.`;
  if (similar.length === 0) return problem;
  return [
    problem,
    'Did you mean:',
    ...similar.map(
      (name) => `  ${packageManager().exec} queue why --project=${project} ${option}=${name}`,
    ),
  ].join('\n');
}

function nameOf(query: WhyQuery): string {
  return query.kind === 'package' ? query.name : query.path;
}
