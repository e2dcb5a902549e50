import type { ExecutorContext } from '@nx/devkit';
import { BuildError } from '../bundle/build.error';
import { readBuiltApp } from '../record/built-app';
import { painter } from '../terminal/painter';
import { PluginError } from '../workspace/index';
import { formatAnswer } from './format-answer';
import { why } from './why';
import type { WhyOptions } from './why-options';
import { readQuery } from './why-query';
import { WhyError } from './why.error';

/**
 * `nx run <application>:why --package=<name>`. Fails only if there is no answer: that something is not in
 * the bundle is one.
 */
// Nx wants a promise, and nothing here takes long enough to wait for.
// eslint-disable-next-line @typescript-eslint/require-await
export default async function whyExecutor(
  options: WhyOptions,
  { root: workspaceRoot, cwd, projectName = '', projectGraph }: ExecutorContext,
): Promise<{ success: boolean }> {
  const { all = false, limit = 20, json = false } = options;
  try {
    const query = readQuery(options, projectName, { workspaceRoot, cwd });
    const app = readBuiltApp(workspaceRoot, projectName, projectGraph);
    const answer = why(app, query, { all, limit });
    const text = json ? JSON.stringify(answer, undefined, 2) : formatAnswer(answer, painter());
    process.stdout.write(`${text}\n`);
    return { success: answer.status !== 'unknown' };
  } catch (error) {
    const isMistake =
      error instanceof WhyError || error instanceof BuildError || error instanceof PluginError;
    if (!isMistake) throw error;
    process.stderr.write(`${error.message}\n`);
    return { success: false };
  }
}
