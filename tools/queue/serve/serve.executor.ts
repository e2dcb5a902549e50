import type { ExecutorContext, ProjectGraph } from '@nx/devkit';
import { createProjectGraphAsync } from '@nx/devkit';
import type { BuildOptions } from '../bundle/build-options';
import type { ExecutorResult } from '../terminal/executor-result';
import { executorResult } from '../terminal/executor-result';
import { serveApp } from './serve-app';
import type { ServeOptions } from './serve-options';
import { StopSignals } from './stop-signals';

/** `nx serve <application>`. Ends on Ctrl-C or SIGTERM, after the application has. */
export default function serveExecutor(
  { buildTarget = 'build', checkBundle = true, ...options }: ServeOptions,
  context: ExecutorContext,
): Promise<ExecutorResult> {
  const { root: workspaceRoot, projectName = '', projectsConfigurations } = context;
  const signals = new StopSignals();
  return executorResult(async () => {
    try {
      const targets = projectsConfigurations.projects[projectName]?.targets;
      const app = await serveApp({
        ...options,
        workspaceRoot,
        project: projectName,
        projects: projectsConfigurations.projects,
        // Checked against the schema of the build executor when it runs.
        build: (targets?.[buildTarget]?.options ?? {}) as BuildOptions,
        ...(checkBundle ? { readGraph } : {}),
        listener: {
          line: (line) => {
            process.stdout.write(`${line}\n`);
          },
        },
      });
      await signals.first;
      signals.onSecond(() => {
        app.kill();
      });
      await app.stop();
      return true;
    } catch (error) {
      // Ctrl-C in the middle of a start: what that breaks does not matter.
      if (signals.isRequested) return true;
      throw error;
    }
  });
}

/** As it is now, and not as it was when the command began. */
function readGraph(): Promise<ProjectGraph> {
  return createProjectGraphAsync({ exitOnError: false });
}
