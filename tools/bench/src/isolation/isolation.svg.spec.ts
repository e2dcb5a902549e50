import { type LatencyPlot, latencyPlot, type LatencyRow } from './isolation.svg';

const row: LatencyRow = {
  p50: 3,
  p99: 10,
  p99Range: [8, 30],
  worst: 100,
  label: 'p99 10 ms',
  note: '100 requests/s',
  alarm: false,
};

const plot: LatencyPlot = {
  title: 'Where & <when>',
  subtitle: 'In ms',
  names: [['in the api process'], ['in the api process', 'own data source']],
  panels: [{ title: 'No jobs', rows: [row, { ...row, p50: 900, p99: 5_000, alarm: true }] }],
  timeout: 1_000,
  notes: ['A note.'],
};

describe(latencyPlot.name, () => {
  const svg = latencyPlot(plot);

  it('loads nothing: no font, image, script or style sheet', () => {
    expect(svg).not.toMatch(/href|url\(|@import|<script|<image/);
  });

  it('has its own background, so that it is readable on any page', () => {
    expect(svg).toMatch(/<rect class="paper" width="\d+" height="\d+"/);
    expect(svg).toContain('.paper{fill:#fff');
  });

  it('has each figure as text, and an alarm in another colour', () => {
    expect(svg.match(/>p99 10 ms</g)).toHaveLength(2);
    expect(svg.match(/<g class="alarm">/g)).toHaveLength(1);
  });

  it('ends its axis at the timeout, and draws nothing beyond', () => {
    expect(svg).toContain('>1,000 ms</text>');
    const ends = [...svg.matchAll(/class="bar" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)];
    const [, late] = ends.map(([, x, width]) => Number(x) + Number(width));
    const axis = [...svg.matchAll(/class="grid" d="M([\d.]+) /g)].map(([, x]) => Number(x));
    expect(late).toBeLessThanOrEqual((axis.at(-1) ?? 0) + 1);
  });

  it('escapes markup in a title', () => {
    expect(svg).toContain('Where &amp; &lt;when&gt;');
  });
});
