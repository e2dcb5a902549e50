import { formatBytes } from '../terminal/format-bytes';
import { difference, type SizeChange, type SizeComparison } from './compare-sizes';

/** Packages and projects that a table shows; a comment of GitHub holds 65,536 characters. */
const ROWS = 25;

/** The comparison as the Markdown of a comment. `base`: how the commit was named. */
export function formatComparison(
  project: string,
  base: string,
  comparison: SizeComparison,
  notes: readonly string[],
): string {
  const { total, start, parts, packages, projects, external } = comparison;
  const changed = [...packages, ...projects];
  const beside = [
    ...external.added.map((name) => `added \`${name}\``),
    ...external.removed.map((name) => `removed \`${name}\``),
  ];
  const isSame = difference(total) === 0 && parts.length + changed.length + beside.length === 0;
  const now = formatBytes(total.now ?? 0);
  if (isSame) {
    return [`**The bundle of ${project}** has not changed since ${base}: ${now}.`, ...notes].join(
      '\n\n',
    );
  }
  const more = changed.length - ROWS;
  return [
    `**The bundle of ${project}**: ${now}, ${formatDifference(total)} since ${base}.`,
    table('', [
      row('all files', total),
      row('read at the start', start),
      ...parts.map((part) => row(labelOf(part), part)),
    ]),
    ...(changed.length > 0
      ? [
          table(
            'package or project',
            changed
              .sort((a, b) => Math.abs(difference(b)) - Math.abs(difference(a)))
              .slice(0, ROWS)
              .map((change) => row(`\`${change.name}\``, change)),
          ),
        ]
      : []),
    ...(more > 0 ? [`And ${more} more that changed less.`] : []),
    ...(beside.length > 0 ? [`Beside the bundle: ${beside.join(', ')}.`] : []),
    ...notes,
  ].join('\n\n');
}

function labelOf({ kind, name }: SizeComparison['parts'][number]): string {
  if (kind === 'start') return `read at the start of \`${name}\``;
  return kind === 'sandbox' ? 'read at the start of a sandbox' : `processor \`${name}\` adds`;
}

function table(subject: string, rows: readonly string[]): string {
  return [`| ${subject} | before | now | change |`, '| :-- | --: | --: | --: |', ...rows].join(
    '\n',
  );
}

function row(label: string, change: SizeChange): string {
  const size = (bytes: number | undefined): string =>
    bytes === undefined ? '' : formatBytes(bytes);
  return `| ${label} | ${size(change.before)} | ${size(change.now)} | ${formatDifference(change)} |`;
}

/** `+1.20 kB (+0.4 %)`, `new`, `removed`, `0 B`. */
function formatDifference(change: SizeChange): string {
  const { before, now } = change;
  if (before === undefined) return 'new';
  if (now === undefined) return 'removed';
  const bytes = difference(change);
  if (bytes === 0) return '0 B';
  const sign = bytes < 0 ? '-' : '+';
  const percent =
    before === 0 ? '' : ` (${sign}${((Math.abs(bytes) / before) * 100).toFixed(1)} %)`;
  return `${sign}${formatBytes(Math.abs(bytes))}${percent}`;
}
