/** A line of text in an SVG file; `x` and `y` are where it begins and its baseline. */
export function svgText(x: number, y: number, content: string, className: string): string {
  return `<text class="${className}" x="${svgNumber(x)}" y="${svgNumber(y)}">${escapeSvg(content)}</text>`;
}

export function escapeSvg(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A tenth of a pixel is as precise as anyone sees. */
export function svgNumber(value: number): number {
  return Math.round(value * 10) / 10;
}
