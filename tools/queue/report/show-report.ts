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
import { writeRefusal } from '../workspace/write-refusal';

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
    const folder = dirname(buildReportPath(workspaceRoot, project));
    const page = join(folder, 'bundle.html');
    const refusal = writeReport(folder, page, map, renderPage(map, await pageParts()));
    if (json) {
      process.stdout.write(`${JSON.stringify(withoutFiles(map), undefined, 2)}\n`);
    } else {
      process.stdout.write(`${formatReport(map, painter())}\n`);
    }
    if (refusal !== undefined) {
      process.stderr.write(`\nThe page could not be written to ${folder}: ${refusal}.\n`);
      return false;
    }
    if (!json) process.stdout.write(`\nWrote ${relative(workspaceRoot, page)}\n`);
    if (open && !(await openPage(page))) {
      process.stderr.write(`No browser could be opened. Open the page yourself: ${page}\n`);
    }
    const overdue = describeOverdue(project, map.allowed);
    for (const line of overdue) process.stderr.write(`${line}\n`);
    return !check || overdue.length === 0;
  });
}

/** The page, and beside it all that it knows, as JSON. Returns why they could not be written, if so. */
function writeReport(
  folder: string,
  page: string,
  map: BundleMap,
  html: string,
): string | undefined {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(page, html);
    writeFileSync(join(folder, 'report.json'), `${JSON.stringify(map)}\n`);
    return undefined;
  } catch (error) {
    const refusal = writeRefusal(error);
    if (refusal === undefined) throw error;
    return refusal;
  }
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
