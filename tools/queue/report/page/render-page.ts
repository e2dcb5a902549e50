import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BundleMap } from '../bundle-map';
import { pageBody } from './page-body';
import { groupColors } from './group-colors';
import { escapeHtml } from './escape-html';

/**
 * The report as one HTML file that needs nothing else: no network, no fonts, no other file. Its content
 * policy allows only the script and the styles that are in it.
 */
export async function renderPage(map: BundleMap): Promise<string> {
  const script = await clientScript();
  const style = readFileSync(join(__dirname, 'page.css'), 'utf8');
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

/** With d3-hierarchy, which places the tiles. */
async function clientScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'client', 'main.ts')],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'inline',
    logLevel: 'silent',
    tsconfigRaw: {},
  });
  const text = outputFiles.map((file) => file.text).join('');
  return text.replaceAll('</script', '<\\/script').trim();
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Names of files may hold anything, also what would end a script. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
