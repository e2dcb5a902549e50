import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describeOverdue } from '../guard/describe-allowed';
import { buildReportPath } from '../record/build-record';
import { readBuiltApp } from '../record/built-app';
import type { ExecutorResult } from '../terminal/executor-result';
import { executorResult } from '../terminal/executor-result';
import { painter } from '../terminal/painter';
import type { BundleMap } from '../measure/bundle-map';
import { formatReport } from './format-report';
import { installedSize } from '../measure/installed-size';
import { mapBundle } from '../measure/map-bundle';
import { openPage } from './open-page';
import { type PageParts, renderPage } from './page/render-page';
import type { ReportOptions } from './report-options';

/** Prints what the last build of an application holds, and writes it as a page. */
export function showReport(
  { json = false, open = false, check = false }: ReportOptions,
  workspaceRoot: string,
  project: string,
  pageParts: () => Promise<PageParts>,
): Promise<ExecutorResult> {
  return executorResult(async () => {
    const app = readBuiltApp(workspaceRoot, project);
    const external = app.report.external.map((found) => installedSize(workspaceRoot, found));
    const map = mapBundle(app, external);
    const page = writeReport(workspaceRoot, map, renderPage(map, await pageParts()));
    if (json) {
      process.stdout.write(`${JSON.stringify(withoutFiles(map), undefined, 2)}\n`);
    } else {
      const place = relative(workspaceRoot, page);
      process.stdout.write(`${formatReport(map, painter())}\n\nWrote ${place}\n`);
    }
    if (open && !(await openPage(page))) {
      process.stderr.write(`No browser could be opened. Open the page yourself: ${page}\n`);
    }
    const overdue = describeOverdue(project, map.allowed);
    for (const line of overdue) process.stderr.write(`${line}\n`);
    return !check || overdue.length === 0;
  });
}

/** The page, and beside it all that it knows, as JSON. Returns the path of the page. */
function writeReport(workspaceRoot: string, map: BundleMap, page: string): string {
  const folder = dirname(buildReportPath(workspaceRoot, map.project));
  const path = join(folder, 'bundle.html');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, page);
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(map)}\n`);
  return path;
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
