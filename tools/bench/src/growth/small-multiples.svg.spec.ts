import { type Plot, smallMultiples, ticksUpTo } from './small-multiples.svg';

const plot: Plot = {
  title: 'Growth & <weight>',
  xLabel: 'processors',
  note: 'A note.',
  charts: [
    {
      title: 'Build',
      subtitle: 'Median, in seconds',
      format: (value) => `${value} s`,
      series: [
        {
          name: 'build',
          points: [
            { x: 1, y: 2, range: [1, 3] },
            { x: 300, y: 4, range: [4, 5] },
          ],
        },
        { name: 'graph', points: [{ x: 300, y: 4, range: [4, 4] }] },
      ],
    },
  ],
};

describe(smallMultiples.name, () => {
  const svg = smallMultiples(plot);

  it('loads nothing: no font, image, script or style sheet', () => {
    expect(svg).not.toMatch(/href|url\(|@import|<script|<image/);
  });

  it('has a background of its own, so that it can be read on any page', () => {
    expect(svg).toMatch(/<rect class="paper" width="\d+" height="\d+"/);
    expect(svg).toContain('.paper{fill:#fff');
  });

  it('names each line and its last value in text', () => {
    expect(svg).toContain('>build</text>');
    expect(svg).toContain('>4 s</text>');
  });

  it('keeps the names of two lines that end at the same place apart', () => {
    const heights = [...svg.matchAll(/class="name" x="[\d.]+" y="([\d.]+)"/g)].map(([, y]) =>
      Number(y),
    );
    expect(heights).toHaveLength(2);
    expect((heights[1] ?? 0) - (heights[0] ?? 0)).toBeGreaterThanOrEqual(28);
  });

  it('keeps signs of SVG in a title from becoming markup', () => {
    expect(svg).toContain('Growth &amp; &lt;weight&gt;');
  });

  it('draws the same file for the same figures', () => {
    expect(smallMultiples(plot)).toBe(svg);
  });
});

describe(ticksUpTo.name, () => {
  it.each([
    [4.2, [0, 1, 2, 3, 4, 5]],
    [610, [0, 200, 400, 600, 800]],
    [0.07, [0, 0.02, 0.04, 0.06, 0.08]],
  ])('marks round numbers that cover %d', (largest, expected) => {
    expect(ticksUpTo(largest)).toEqual(expected);
  });

  it('has an axis for values that are all zero', () => {
    expect(ticksUpTo(0)).toEqual([0, 1]);
  });
});
