import type { ExecutorContext } from '@nx/devkit';
import { readBuildReport } from '../report/build-report';
import type { WhyOptions } from './why-options';

/** `nx run <application>:why --package=<name>` */
export default function whyExecutor(
  _options: WhyOptions,
  { root, projectName = '' }: ExecutorContext,
): Promise<{ success: boolean }> {
  readBuildReport(root, projectName);
  return Promise.resolve({ success: true });
}
