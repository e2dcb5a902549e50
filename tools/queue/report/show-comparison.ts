import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { bundleSizes } from '../measure/bundle-sizes';
import { mapBundle } from '../measure/map-bundle';
import { buildReportPath, type BundleSizes } from '../record/build-record';
import { readBuiltApp } from '../record/built-app';
import type { ExecutorResult } from '../terminal/executor-result';
import { executorResult } from '../terminal/executor-result';
import { formatBytes } from '../terminal/format-bytes';
import { compareSizes } from './compare-sizes';
import { formatComparison } from './format-comparison';
import { type MeasuredBase, measureBase } from './measure-base';

/**
 * Compares the last build of an application with what it was at a commit, prints that as Markdown or JSON, and writes
 * the Markdown to `compare.md` beside the report. It fails only if the application of then cannot be bundled.
 */
export function showComparison(
  base: string,
  json: boolean,
  workspaceRoot: string,
  project: string,
): Promise<ExecutorResult> {
  return executorResult(async () => {
    const now = sizesOfBuild(workspaceRoot, project);
    const measured = await measureBase(workspaceRoot, project, base);
    const markdown = `${describe(project, base, measured, now)}\n`;
    const path = join(dirname(buildReportPath(workspaceRoot, project)), 'compare.md');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, markdown);
    process.stdout.write(
      json ? `${JSON.stringify({ project, base, now, ...measured }, undefined, 2)}\n` : markdown,
    );
    // Standard output is the comment, and nothing else.
    process.stderr.write(`Wrote ${relative(workspaceRoot, path)}\n`);
    return measured.state !== 'broken';
  });
}

function sizesOfBuild(workspaceRoot: string, project: string): BundleSizes {
  const app = readBuiltApp(workspaceRoot, project);
  const external = app.report.external.map((found) => ({ ...found, bytes: 0, packages: [] }));
  return bundleSizes(mapBundle(app, external));
}

function describe(project: string, base: string, measured: MeasuredBase, now: BundleSizes): string {
  const short = measured.commit.slice(0, 7);
  const named = measured.commit.startsWith(base) ? `\`${short}\`` : `\`${base}\` (${short})`;
  if (measured.state === 'absent') {
    return `**The bundle of ${project}** is new: ${formatBytes(now.bytes)}. At ${named} there was no such application, or this plugin did not build it.`;
  }
  if (measured.state === 'broken') {
    return `**The bundle of ${project}**: ${formatBytes(now.bytes)}. It cannot be compared, because the application of ${named} cannot be bundled: ${measured.reason}`;
  }
  const notes = measured.lockfileDiffers
    ? [
        'The lockfile has changed. Both bundles were measured with the packages that are installed now, so other versions of packages make no difference here.',
      ]
    : [];
  return formatComparison(project, named, compareSizes(measured.sizes, now), notes);
}
