import { escapeHtml } from '../escape-html';
import type { PageSetup } from '../page-data';
import { SCRIPT_FILE, STYLE_FILE } from './files';

/** The frame of the page; its script fills `main`. */
export function pageHtml(setup: PageSetup): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Queues</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/${STYLE_FILE.name}">
<script type="module" src="assets/${SCRIPT_FILE.name}"></script>
</head>
<body data-setup="${escapeHtml(JSON.stringify(setup))}">
<noscript><p>This page needs JavaScript. <code>worker:queues</code> shows the same in a terminal.</p></noscript>
</body>
</html>
`;
}
