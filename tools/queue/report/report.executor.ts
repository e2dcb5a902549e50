import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { buildReportPath } from '../record/build-record';
import type { BundleMap } from './bundle-map';
import { readBuiltApp } from '../record/built-app';
import { formatReport } from './format-report';
import { installedSize } from './installed-size';
import { mapBundle } from './map-bundle';
import { openPage } from './open-page';
import { renderPage } from './page/render-page';
import type { ExecutorResult } from '../terminal/executor-result';
import { executorResult } from '../terminal/executor-result';
import { painter } from '../terminal/painter';
import type { ReportOptions } from './report-options';

/** `nx run <application>:report`. It speaks of the last build, which Nx brings up to date first. */
export default function reportExecutor(
  { json = false, open = false }: ReportOptions,
  { root: workspaceRoot, projectName = '', projectGraph }: ExecutorContext,
): Promise<ExecutorResult> {
  return executorResult(async () => {
    const app = readBuiltApp(workspaceRoot, projectName, projectGraph);
    const external = app.report.external.map((found) => installedSize(workspaceRoot, found));
    const map = mapBundle(app, external);
    const page = await writeReport(workspaceRoot, map);
    if (json) {
      process.stdout.write(`${JSON.stringify(withoutFiles(map), undefined, 2)}\n`);
    } else {
      const place = relative(workspaceRoot, page);
      process.stdout.write(`${formatReport(map, painter())}\n\nWrote ${place}\n`);
    }
    if (open && !(await openPage(page))) {
      process.stderr.write(`No browser could be opened. Open the page yourself: ${page}\n`);
    }
    return true;
  });
}

/** The page, and beside it all that it knows, as JSON. Returns the path of the page. */
async function writeReport(workspaceRoot: string, map: BundleMap): Promise<string> {
  const folder = dirname(buildReportPath(workspaceRoot, map.project));
  const page = join(folder, 'bundle.html');
  mkdirSync(folder, { recursive: true });
  writeFileSync(page, await renderPage(map));
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(map)}\n`);
  return page;
}

/** Thousands of files are too much to print: Nx breaks long output at any place, also inside a string. */
function withoutFiles(map: BundleMap) {
  return {
    ...map,
    groups: map.groups.map((group) => ({
      ...group,
      contents: group.contents.map(({ files, ...content }) => ({
        ...content,
        files: files.length,
      })),
    })),
  };
}
