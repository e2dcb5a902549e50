import type { ExecutorContext } from '@nx/devkit';
import { readBuiltApp } from '../record/built-app';
import type { ExecutorResult } from '../terminal/executor-result';
import { executorResult } from '../terminal/executor-result';
import { painter } from '../terminal/painter';
import { formatAnswer } from './format-answer';
import { why } from './why';
import type { WhyOptions } from './why-options';
import { readQuery } from './why-query';

/**
 * `nx run <application>:why --package=<name>`. Fails only if there is no answer: "not in
 * the bundle" is one.
 */
export default function whyExecutor(
  options: WhyOptions,
  {
    root: workspaceRoot,
    cwd,
    projectName = '',
  }: Pick<ExecutorContext, 'root' | 'cwd' | 'projectName'>,
): Promise<ExecutorResult> {
  const { all = false, limit = 20, json = false } = options;
  return executorResult(() => {
    const query = readQuery(options, projectName, { workspaceRoot, cwd });
    const app = readBuiltApp(workspaceRoot, projectName);
    const answer = why(app, query, { all, limit });
    const text = json ? JSON.stringify(answer, undefined, 2) : formatAnswer(answer, painter());
    process.stdout.write(`${text}\n`);
    return answer.status !== 'unknown';
  });
}
