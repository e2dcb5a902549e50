import type { BundleMap, BundlePart } from '../measure/bundle-map';
import { countOf } from '../guard/describe-allowed';
import { formatBytes } from '../terminal/format-bytes';
import { isolationNote } from '../record/isolation-note';
import type { Painter } from '../terminal/painter';

/** Columns, the first and the last of them text. */
type Row = [string, string, string, string, string, string];

const HEAD: Row = ['', 'own code', 'npm packages', 'shared', 'loaded alone', '  beside the bundle'];

/** The report for a terminal. */
export function formatReport(map: BundleMap, paint: Painter): string {
  const rows = map.parts.map((part) => toRow(part, map));
  const widths = HEAD.map((_, column) =>
    Math.max(...[HEAD, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const align = (row: Row): string =>
    row
      .map((text, column) =>
        column === 0 || column === row.length - 1
          ? text.padEnd(widths[column] ?? 0)
          : text.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();

  const { packages, projects } = map.leftOut;
  return [
    `The bundle of ${paint('bold', map.project)}: ${formatBytes(map.bytes)} in ${count(map.files, 'file')}` +
      (map.external.length > 0 ? `, ${count(map.external.length, 'package')} beside it` : ''),
    '',
    paint('dim', align(HEAD)),
    ...rows.map(align),
    '',
    ...formatExternal(map),
    ...formatAllowed(map),
    paint(
      'dim',
      `Allowed by the project graph, but not in the bundle: ${count(projects.length, 'project')}, ${count(packages.length, 'package')}`,
    ),
  ].join('\n');
}

/** What is installed beside the bundle, and why it is not part of it. */
function formatExternal({ external }: BundleMap): string[] {
  if (external.length === 0) return [];
  const width = Math.max(...external.map(({ name }) => name.length));
  return [
    'Beside the bundle, installed from its package.json:',
    ...external.map(({ name, reason }) => `  ${name.padEnd(width)}  ${reason}`),
    '',
  ];
}

/** What should not be in the bundle, and is allowed for now. */
function formatAllowed({ allowed }: BundleMap): string[] {
  if (allowed.length === 0) return [];
  return [
    'Allowed for now (option "allow" of the build):',
    ...allowed.map(
      ({ rule, paths, files, reason, until }) =>
        `  ${rule}: ${countOf(files.length)} in ${paths.join(', ')} until ${until}: ${reason}`,
    ),
    '',
  ];
}

function toRow(part: BundlePart, { external }: BundleMap): Row {
  const beside = part.external.map((name) => {
    const installed = external.find((candidate) => candidate.name === name);
    return installed ? `${name} ${formatBytes(installed.bytes)}` : name;
  });
  return [
    part.isolation ? `${part.name} (${isolationNote(part.isolation)})` : part.name,
    bytesOrNone(part.ownCode),
    bytesOrNone(part.packageBytes),
    bytesOrNone(part.shared),
    formatBytes(part.loads),
    `  ${beside.join(', ') || '-'}`,
  ];
}

function bytesOrNone(bytes: number): string {
  return bytes === 0 ? '-' : formatBytes(bytes);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
