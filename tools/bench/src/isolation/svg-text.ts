/** A line of text in an SVG file; `x` is its start, `y` its baseline. */
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

/** Rounds to a tenth of a pixel. */
export function svgNumber(value: number): number {
  return Math.round(value * 10) / 10;
}
