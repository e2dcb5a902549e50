import type { BundleMap, BundlePart } from '../../measure/bundle-map';
import { formatBytes } from '../../terminal/format-bytes';
import { isolationNote } from '../../record/isolation-note';
import { escapeHtml } from './escape-html';

const HEAD = ['Own code', 'npm packages', 'Shared', 'Loaded alone', 'Beside the bundle'];

/** A row for the start, and for each processor. */
export function partsTable(map: BundleMap): string {
  return `<table>
    <thead>
      <tr>
        <th scope="col">
          ${map.parts.some(({ kind }) => kind === 'processor') ? 'Processor' : 'Entry'}
        </th>
        ${HEAD.map((title) => `<th scope="col">${title}</th>`).join('')}
      </tr>
    </thead>
    <tbody>
      ${map.parts.map((part) => row(part, map)).join('\n')}
    </tbody>
  </table>`;
}

function row(part: BundlePart, { bytes, external, parts }: BundleMap): string {
  const beside = part.external.map((name) => {
    const found = external.find((candidate) => candidate.name === name);
    return found ? `${name} ${formatBytes(found.bytes)}` : name;
  });
  const cells = [
    bytesOrNone(part.ownCode),
    bytesOrNone(part.packageBytes) + largest(part),
    bytesOrNone(part.shared),
    `${formatBytes(part.loads)}${bar(part.loads / bytes)}`,
    beside.length > 0 ? escapeHtml(beside.join(', ')) : NONE,
  ];
  const name = escapeHtml(part.name);
  const hasProcessors = parts.some(({ kind }) => kind === 'processor');
  const text = noteOf(part, hasProcessors);
  const note = text === '' ? '' : ` <span class="note">${text}</span>`;
  return `<tr><th scope="row"><button type="button" data-part="${name}" aria-pressed="false">${name}</button>${note}</th>${cells
    .map((cell, index) => `<td data-label="${HEAD[index] ?? ''}">${cell}</td>`)
    .join('')}</tr>`;
}

function noteOf({ kind, isolation }: BundlePart, hasProcessors: boolean): string {
  if (kind === 'sandbox') return 'sandboxes of isolated processors';
  if (kind === 'start') return hasProcessors ? 'start' : '';
  return isolation ? isolationNote(isolation) : '';
}

const NONE = '<span class="none">–</span>';

function bytesOrNone(bytes: number): string {
  return bytes === 0 ? NONE : formatBytes(bytes);
}

function largest({ packages }: BundlePart): string {
  if (packages.length === 0) return '';
  const names = packages.slice(0, 2).map(({ name }) => escapeHtml(name));
  const rest = packages.length - names.length;
  return `<span class="note">${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}</span>`;
}

function bar(share: number): string {
  return `<svg class="bar" aria-hidden="true"><rect width="100%" height="100%" rx="2"/><rect width="${(share * 100).toFixed(1)}%" height="100%" rx="2"/></svg>`;
}
