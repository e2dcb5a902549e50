import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { bundlePageParts } from '../bundle/page-parts';
import type { ExecutorResult } from '../terminal/executor-result';
import type { ReportOptions } from './report-options';
import { showComparison } from './show-comparison';
import { showReport } from './show-report';

/** `nx run <application>:report`. It speaks of the last build, which Nx brings up to date first. */
export default function reportExecutor(
  options: ReportOptions,
  { root, projectName = '' }: ExecutorContext,
): Promise<ExecutorResult> {
  const { compare, json = false } = options;
  if (compare !== undefined) return showComparison(compare, json, root, projectName);
  return showReport(options, root, projectName, () => bundlePageParts(join(__dirname, 'page')));
}
