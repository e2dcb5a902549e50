import type { ExecutorContext } from '@nx/devkit';
import { BuildError } from '../bundle/build.error';
import type { BuildOptions } from '../bundle/build-options';
import { serveApp } from './serve-app';
import { ServeError } from '../command/serve.error';
import type { ServeOptions } from './serve-options';
import { StopSignals } from './stop-signals';

/** `nx serve <application>`. Ends on Ctrl-C or SIGTERM, after the application has. */
export default async function serveExecutor(
  { buildTarget = 'build', ...options }: ServeOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  const { root: workspaceRoot, projectName = '', projectsConfigurations } = context;
  const signals = new StopSignals();
  try {
    const targets = projectsConfigurations.projects[projectName]?.targets;
    const app = await serveApp({
      ...options,
      workspaceRoot,
      project: projectName,
      projects: projectsConfigurations.projects,
      // Checked against the schema of the build executor when it runs.
      build: (targets?.[buildTarget]?.options ?? {}) as BuildOptions,
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
    return { success: true };
  } catch (error) {
    // Ctrl-C in the middle of a start: what that breaks is nobody's concern.
    if (signals.isRequested) return { success: true };
    if (!(error instanceof ServeError || error instanceof BuildError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return { success: false };
  }
}
