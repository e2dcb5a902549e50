import { whole } from '@tools/experiment';
import { escapeSvg, svgNumber, svgText } from './svg-text';

/** One topology with one kind of work. Times are in milliseconds. */
export interface LatencyRow {
  p50: number;
  p99: number;
  /** The smallest and the largest p99 of the rounds. */
  p99Range: readonly [number, number];
  worst: number;
  /** Above the bar: the main figures. */
  label: string;
  /** Below the bar. */
  note: string;
  /** Draws the bar in another colour. */
  alarm: boolean;
}

export interface LatencyPanel {
  title: string;
  /** One for each name of the plot. */
  rows: readonly LatencyRow[];
}

export interface LatencyPlot {
  title: string;
  subtitle: string;
  /** Names of the rows, each of one or two lines. */
  names: readonly (readonly string[])[];
  panels: readonly LatencyPanel[];
  /** The end of the axis, in milliseconds. */
  timeout: number;
  notes: readonly string[];
}

const MARGIN = 28;
const NAMES = 188;
const PANEL = { width: 262, gap: 28 };
const ROW = 76;
const HEADER = 118;
const AXIS = 34;
const NOTE = 18;
/** The start of the axis, in milliseconds. */
const LEAST = 1;

/**
 * Latencies of all topologies, a panel for each kind of work, on one logarithmic axis, because they differ by
 * three orders of magnitude. A bar ends at the 99th percentile, has a dot at the median, and its line extends
 * to the worst request.
 *
 * The SVG file needs no font, script or style from outside, has its own background, and follows a dark theme.
 * It is drawn by hand on purpose: `@observablehq/plot` with a DOM for it (linkedom, jsdom), or `vega`, would
 * install about sixty packages to replace this file.
 */
export function latencyPlot(plot: LatencyPlot): string {
  const { title, subtitle, names, panels, notes } = plot;
  const width = 2 * MARGIN + NAMES + panels.length * (PANEL.width + PANEL.gap) - PANEL.gap;
  const bottom = HEADER + names.length * ROW;
  const height = bottom + AXIS + 20 + notes.length * NOTE + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeSvg(title)}">`,
    STYLE,
    `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
    svgText(MARGIN, 40, title, 'heading'),
    svgText(MARGIN, 64, subtitle, 'quiet'),
    ...names.map((lines, index) => drawName(lines, index, width)),
    ...panels.map((panel, index) => {
      const left = MARGIN + NAMES + index * (PANEL.width + PANEL.gap);
      return `<g transform="translate(${left} 0)">\n${drawPanel(panel, plot.timeout, bottom)}\n</g>`;
    }),
    ...notes.map((note, index) =>
      svgText(MARGIN, bottom + AXIS + 24 + index * NOTE, note, 'quiet'),
    ),
    '</svg>\n',
  ].join('\n');
}

const STYLE = `<style>
text{font:14px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#24292f}
.heading{font-size:21px;font-weight:600}.title{font-size:15px;font-weight:600}.quiet{font-size:13px;fill:#57606a}
.label{font-size:14px;font-weight:600}.note{font-size:13px}.loud{font-weight:600}.paper{fill:#fff;stroke:#d0d7de}.grid{stroke:#d8dee4}.rule{stroke:#eaeef2}.middle{text-anchor:middle}.end{text-anchor:end}
.good{--c:#0072b2}.alarm{--c:#c4460b}.alarm text{fill:var(--c)}
.bar{fill:var(--c)}.line{stroke:var(--c);stroke-width:2}.spread{fill:var(--c);fill-opacity:.35}.middle-mark{fill:#fff}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.quiet{fill:#9da7b1}.paper{fill:#161b22;stroke:#30363d}.grid{stroke:#30363d}.rule{stroke:#21262d}
.good{--c:#58a9e6}.alarm{--c:#f0883e}.middle-mark{fill:#161b22}
}
</style>`;

function drawName(lines: readonly string[], index: number, width: number): string {
  const top = HEADER + index * ROW;
  const first = top + ROW / 2 + 5 - (lines.length - 1) * 9;
  return [
    `<path class="rule" d="M${MARGIN} ${top}H${width - MARGIN}"/>`,
    ...lines.map((line, at) => svgText(MARGIN, first + at * 18, line, at === 0 ? 'loud' : 'quiet')),
  ].join('');
}

function drawPanel({ title, rows }: LatencyPanel, timeout: number, bottom: number): string {
  const x = scaleTo(timeout);
  return [
    svgText(0, 100, title, 'title'),
    ...powersUpTo(timeout).map((tick) => {
      const label =
        tick === timeout
          ? svgText(x(tick), bottom + 18, `${whole(tick)} ms`, 'quiet end')
          : svgText(x(tick), bottom + 18, whole(tick), tick === LEAST ? 'quiet' : 'quiet middle');
      return `<path class="grid" d="M${x(tick)} ${HEADER}V${bottom}"/>${label}`;
    }),
    ...rows.map((row, index) => drawRow(row, HEADER + index * ROW, x)),
  ].join('\n');
}

function drawRow(row: LatencyRow, top: number, x: (value: number) => number): string {
  const { p50, p99, p99Range, worst, label, note, alarm } = row;
  const middle = top + 39;
  const bar = (from: number, to: number, height: number, className: string) => {
    const width = Math.max(x(to) - x(from), 3);
    return `<rect class="${className}" x="${x(from)}" y="${middle - height / 2}" width="${svgNumber(width)}" height="${height}" rx="2"/>`;
  };
  return [
    `<g class="${alarm ? 'alarm' : 'good'}">`,
    svgText(x(LEAST), top + 22, label, 'label'),
    svgText(x(LEAST), top + 64, note, 'note'),
    `<path class="line" d="M${x(p99)} ${middle}H${x(worst)}M${x(worst)} ${middle - 5}V${middle + 5}"/>`,
    bar(LEAST, p99, 10, 'bar'),
    bar(p99Range[0], p99Range[1], 18, 'spread'),
    `<circle class="middle-mark" cx="${x(p50)}" cy="${middle}" r="3"/>`,
    '</g>',
  ].join('');
}

function scaleTo(timeout: number): (value: number) => number {
  const decades = Math.log10(timeout / LEAST);
  return (value) => {
    const inside = Math.min(Math.max(value, LEAST), timeout);
    return svgNumber((Math.log10(inside / LEAST) / decades) * PANEL.width);
  };
}

/** 1, 10, 100 … and the timeout. A power close to the timeout is omitted, because their labels would overlap. */
function powersUpTo(timeout: number): number[] {
  const powers: number[] = [];
  for (let power = LEAST; power * 5 <= timeout; power *= 10) powers.push(power);
  return [...powers, timeout];
}
