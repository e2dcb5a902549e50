import { createHash } from 'node:crypto';
import type { BundleMap } from '../../measure/bundle-map';
import { pageBody } from './page-body';
import { groupColors } from './group-colors';
import { escapeHtml } from './escape-html';

/** The script and the styles of the page. */
export interface PageParts {
  script: string;
  style: string;
}

/**
 * The report as one HTML file that needs nothing else: no network, no fonts, no other file. Its content
 * policy allows only the script and the styles that are in it.
 */
export function renderPage(map: BundleMap, { script, style }: PageParts): string {
  const colors = groupColors(map.groups);
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(map.project)}: contents of the bundle</title>
<style>${style}</style>
</head>
<body>
${pageBody(map, colors)}
<script type="application/json" id="data">${jsonInHtml(map)}</script>
<script type="application/json" id="colors">${jsonInHtml(colors)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Names of files may hold anything, also what would end a script. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
