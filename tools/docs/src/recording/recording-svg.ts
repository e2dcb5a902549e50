import type { Line, Span } from './terminal-lines';

/** What a terminal shows for a time. */
export interface Frame {
  /** Which terminal it is. */
  readonly title: string;
  /** From the top, at most as many as the screen has. */
  readonly lines: readonly Line[];
  /** In milliseconds, since the recording began. */
  readonly at: number;
  /** In milliseconds: how long it is shown, which may be shorter than it lasted. */
  readonly shown: number;
}

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const CHARACTER = { width: 8.4, height: 18 };
const EDGE = 14;
const BAR = 30;
/** Black to white, to be read on the dark background. */
const COLORS = [
  ...['#6b7280', '#f87171', '#4ade80', '#facc15'],
  ...['#60a5fa', '#e879f9', '#22d3ee', '#e5e7eb'],
];

/**
 * An animated picture of a terminal, which plays again and again. Where motion is to be reduced it shows its last frame.
 * It has no script, so that it can be shown as a picture of a page.
 *
 * @param description for those who do not see it
 */
export function recordingSvg(
  frames: readonly Frame[],
  { columns, rows }: ScreenSize,
  description: string,
): string {
  const width = Math.ceil(columns * CHARACTER.width + 2 * EDGE);
  const height = BAR + rows * CHARACTER.height + 2 * EDGE;
  const total = frames.reduce((sum, { shown }) => sum + shown, 0);
  const rowIds = new Map<string, string>();
  let begin = 0;
  const drawn = frames.map((frame, index) => {
    const style = frameStyle(index, begin / total, (begin + frame.shown) / total);
    begin += frame.shown;
    return { style, group: frameGroup(frame, index, width, rowIds) };
  });
  const rowTexts = [...rowIds].map(([text, id]) => `<text id="${id}">${text}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(description)}">
<style>
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #e5e7eb; white-space: pre; }
.t { fill: #9ca3af; }
.b { font-weight: 700; }
.d { opacity: 0.65; }
${COLORS.map((color, index) => `.c${index} { fill: ${color}; }`).join('\n')}
.f { visibility: hidden; animation: ${total}ms step-end infinite; }
${drawn.map(({ style }) => style).join('\n')}
@media (prefers-reduced-motion: reduce) { .f { animation: none; } .f:last-of-type { visibility: visible; } }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#111827"/>
<rect width="${width}" height="${BAR}" rx="8" fill="#1f2937"/>
<defs>
${rowTexts.join('\n')}
</defs>
${drawn.map(({ group }) => group).join('\n')}
</svg>
`;
}

function frameStyle(index: number, from: number, to: number): string {
  const percent = (part: number) => `${Number((part * 100).toFixed(3))}%`;
  const before = from === 0 ? '' : '0% { visibility: hidden; } ';
  const after = to >= 1 ? '' : ` ${percent(to)} { visibility: hidden; }`;
  return `@keyframes k${index} { ${before}${percent(from)} { visibility: visible; }${after} } #f${index} { animation-name: k${index}; }`;
}

function frameGroup(
  { title, lines, at }: Frame,
  index: number,
  width: number,
  rowIds: Map<string, string>,
): string {
  const rows = lines.flatMap((line, row) => {
    const text = line.map(spanMarkup).join('');
    if (text === '') return [];
    const id = rowIds.get(text) ?? `r${rowIds.size}`;
    rowIds.set(text, id);
    const y = BAR + EDGE + (row + 0.75) * CHARACTER.height;
    return [`<use href="#${id}" x="${EDGE}" y="${y}"/>`];
  });
  const bar = `<text class="t" x="${EDGE}" y="20">${escape(title)}</text><text class="t" x="${width - EDGE}" y="20" text-anchor="end">${clock(at)}</text>`;
  return `<g class="f" id="f${index}">${bar}${rows.join('')}</g>`;
}

function spanMarkup({ text, bold, dim, color }: Span): string {
  const classes = [bold && 'b', dim && 'd', color !== undefined && `c${color}`].filter(Boolean);
  return classes.length === 0
    ? escape(text)
    : `<tspan class="${classes.join(' ')}">${escape(text)}</tspan>`;
}

/** `1:05` for 65 seconds. */
function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
