import { packageManager } from '../workspace/package-manager';
import { type Finding, type FindingPlace, formatChain } from './finding';
import type { MissingEntry } from './missing-entries';

/** How many problems are shown with the chain of imports. */
const WITH_CHAIN = 10;

/** How many further files of a problem are listed. */
const LISTED = 100;

/**
 * The text of all findings, for a terminal.
 *
 * @param outcome what became of the bundle
 * @param entries what `allow` would have to have besides
 */
export function formatFindings(
  project: string,
  findings: readonly Finding[],
  outcome: string,
  entries: readonly MissingEntry[] = [],
): string {
  const count = findings.length === 1 ? 'one problem' : `${findings.length} problems`;
  const files = findings.reduce((sum, { others = [] }) => sum + 1 + others.length, 0);
  const places = files === findings.length ? '' : `, with ${files} files,`;
  return [
    `The bundle guard found ${count}${places} in "${project}". ${outcome}`,
    ...findings.map((finding, index) => formatFinding(finding, index)),
    ...formatEntries(entries),
    `To see every import chain to a package or file: ${packageManager().exec} queue why --project=${project} --package=<name>, or --file=<path>.`,
  ].join('\n\n');
}

function formatFinding(
  { rule, problem, remedy, chain, others = [] }: Finding,
  index: number,
): string {
  return [
    `${index + 1}. ${problem} [${rule}]`,
    index < WITH_CHAIN ? formatChain(chain) : '',
    formatOthers(others),
    `   What to do: ${remedy}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** One import a line: the way to a file begins above it, or in another line of the list. */
function formatOthers(others: readonly FindingPlace[]): string {
  if (others.length === 0) return '';
  const rest = others.length - LISTED;
  return [
    `   The same with ${others.length === 1 ? 'one more file' : `${others.length} more files`}:`,
    ...others.slice(0, LISTED).map(({ from, line, to }) => {
      const place = line === undefined ? from : `${from}:${line}`;
      return `     ${to === undefined ? place : `${place} → ${to}`}`;
    }),
    ...(rest > 0 ? [`     and ${rest} more`] : []),
  ].join('\n');
}

function formatEntries(entries: readonly MissingEntry[]): string[] {
  if (entries.length === 0) return [];
  const written = entries.map((entry) =>
    JSON.stringify({ ...entry, reason: '', until: '' }, undefined, 2),
  );
  return [
    `To ship before that is done, add to "allow" in the options of the build target, with a reason and the last day ("2027-03-31"):`,
    written.join(',\n'),
  ];
}
