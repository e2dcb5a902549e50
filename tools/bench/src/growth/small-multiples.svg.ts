import { escapeSvg, svgNumber, svgText } from '../report/svg-text';

/** One measured series: a line of one chart. Points that share a chart share its unit. */
export interface Series {
  name: string;
  points: readonly Point[];
}

export interface Point {
  x: number;
  y: number;
  /** The smallest and the largest measurement, drawn as a whisker. */
  range: readonly [number, number];
}

export interface Chart {
  title: string;
  /** Says how to read the values: what was measured, and its unit. */
  subtitle: string;
  series: readonly Series[];
  format: (value: number) => string;
}

export interface Plot {
  title: string;
  charts: readonly Chart[];
  /** What the horizontal axis counts. Its values stand at even distances, whatever they are. */
  xLabel: string;
  note: string;
}

const CHART = { width: 350, height: 250 };
const AREA = { left: 46, right: 104, top: 64, bottom: 40 };
const MARGIN = 24;
const HEADER = 48;
const FOOTER = 40;

/** Told apart by people with any kind of colour vision; each line has its name beside it as well. */
const COLOURS = ['#0072b2', '#c4560b', '#008a63'];

/**
 * The charts of a plot side by side, as an SVG file that needs no font, script or style from outside.
 *
 * It brings its own background, so that it can be read on a white page and on a dark one, and turns
 * dark itself where the reader prefers that.
 */
export function smallMultiples({ title, charts, xLabel, note }: Plot): string {
  const width = 2 * MARGIN + charts.length * CHART.width;
  const height = HEADER + CHART.height + FOOTER;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeSvg(title)}">`,
    style(),
    `<rect class="paper" width="${width}" height="${height}" rx="8"/>`,
    svgText(MARGIN, 32, title, 'heading'),
    ...charts.map((chart, index) => {
      return `<g transform="translate(${MARGIN + index * CHART.width} ${HEADER})">\n${drawChart(chart, xLabel)}\n</g>`;
    }),
    svgText(MARGIN, height - 16, note, 'quiet'),
    '</svg>\n',
  ].join('\n');
}

function style(): string {
  const line = COLOURS.map((colour, index) => `.s${index}{--c:${colour}}`).join('');
  return `<style>
text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#24292f}
.heading{font-size:16px;font-weight:600}.title{font-size:13px;font-weight:600}.quiet{font-size:11px;fill:#57606a}
.paper{fill:#fff;stroke:#d0d7de}.grid{stroke:#d8dee4}.end{text-anchor:end}.middle{text-anchor:middle}
${line}
.line{fill:none;stroke:var(--c);stroke-width:2}.whisker{stroke:var(--c);stroke-opacity:.45;stroke-width:5}.dot{fill:var(--c)}.name{fill:var(--c);font-weight:600}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.quiet{fill:#9da7b1}.paper{fill:#161b22;stroke:#30363d}.grid{stroke:#30363d}
.s0{--c:#58a9e6}.s1{--c:#f0883e}.s2{--c:#3fb98a}
}
</style>`;
}

function drawChart({ title, subtitle, series, format }: Chart, xLabel: string): string {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort(
    (a, b) => a - b,
  );
  const ticks = ticksUpTo(
    Math.max(...series.flatMap(({ points }) => points.map(({ range }) => range[1]))),
  );
  const scale = scales(xs, ticks.at(-1) ?? 1);
  const bottom = CHART.height - AREA.bottom;
  return [
    svgText(0, 18, title, 'title'),
    svgText(0, 36, subtitle, 'quiet'),
    ...ticks.map((value) => {
      const y = scale.y(value);
      const from = AREA.left;
      const to = CHART.width - AREA.right;
      return `<path class="grid" d="M${from} ${y}H${to}"/>${svgText(from - 8, y + 4, format(value), 'quiet end')}`;
    }),
    ...xs.map((value) => svgText(scale.x(value), bottom + 18, String(value), 'quiet middle')),
    svgText((AREA.left + CHART.width - AREA.right) / 2, bottom + 34, xLabel, 'quiet middle'),
    ...series.map(({ points }, index) => drawSeries(points, index, scale)),
    ...drawNames(series, scale, format),
  ].join('\n');
}

interface Scale {
  x: (value: number) => number;
  y: (value: number) => number;
}

/** The vertical axis starts at zero: a line that looks flat is flat. */
function scales(xs: readonly number[], top: number): Scale {
  const width = CHART.width - AREA.left - AREA.right;
  const height = CHART.height - AREA.top - AREA.bottom;
  const step = width / Math.max(xs.length - 1, 1);
  return {
    x: (value) => svgNumber(AREA.left + xs.indexOf(value) * step),
    y: (value) => svgNumber(AREA.top + height * (1 - value / top)),
  };
}

function drawSeries(points: readonly Point[], index: number, { x, y }: Scale): string {
  const path = points.map((point) => `${x(point.x)} ${y(point.y)}`).join('L');
  const marks = points.map((point) => {
    const [from, to] = point.range;
    return (
      `<path class="whisker" d="M${x(point.x)} ${y(from)}V${y(to)}"/>` +
      `<circle class="dot" cx="${x(point.x)}" cy="${y(point.y)}" r="3.5"/>`
    );
  });
  return `<g class="s${index % COLOURS.length}"><path class="line" d="M${path}"/>${marks.join('')}</g>`;
}

/** Each line's name and last value stand at its end, moved apart where lines end close together. */
function drawNames(series: readonly Series[], scale: Scale, format: Chart['format']): string[] {
  const height = 30;
  const ends = series
    .flatMap(({ name, points }, index) => {
      const last = points.at(-1);
      return last === undefined ? [] : [{ name, index, last, y: scale.y(last.y) }];
    })
    .sort((a, b) => a.y - b.y);
  let free = -Infinity;
  return ends.map(({ name, index, last, y }) => {
    const at = Math.max(y, free);
    free = at + height;
    const x = scale.x(last.x) + 12;
    return `<g class="s${index % COLOURS.length}">${svgText(x, at, format(last.y), 'name')}${svgText(x, at + 14, name, 'quiet')}</g>`;
  });
}

/** Round numbers from zero to just above the largest value, three to six of them. */
export function ticksUpTo(largest: number): number[] {
  if (!(largest > 0)) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(largest / 3));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => largest / size <= 5);
  const size = step ?? 10 * power;
  const count = Math.ceil(largest / size);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * size).toPrecision(12)));
}
