import type { ExecutorContext } from '@nx/devkit';
import { readBuildReport } from './build-report';
import type { ReportOptions } from './report-options';

/** `nx run <application>:report` */
export default function reportExecutor(
  _options: ReportOptions,
  { root, projectName = '' }: ExecutorContext,
): Promise<{ success: boolean }> {
  readBuildReport(root, projectName);
  return Promise.resolve({ success: true });
}
