import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { builtFolder } from '../record/built-folder';
import { readBuildReport } from '../record/build-record';
import type { ExecutorResult } from '../terminal/executor-result';
import { executorResult } from '../terminal/executor-result';
import { PluginError } from '../workspace/plugin.error';
import { type Engine, findEngine, runEngine } from './container-engine';

interface ImageOptions {
  tag?: string;
  nodeImage?: string;
  platform?: string;
  engine?: Engine;
  push?: boolean;
}

/**
 * The build of an application has written no Dockerfile.
 *
 * To do: set `images` in the options of `@tools/queue/targets` in nx.json, or `image` in those of the target `build`; or
 * write a Dockerfile in the folder of the application.
 */
export class NoDockerfileError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NO_DOCKERFILE';
}

/** `nx run <application>:image`. It is made of the last build, which Nx brings up to date first. */
export default function imageExecutor(
  options: ImageOptions,
  { root, projectName = '' }: Pick<ExecutorContext, 'root' | 'projectName'>,
): Promise<ExecutorResult> {
  return executorResult(async () => {
    const { tag = projectName, push = false } = options;
    const folder = builtFolder(readBuildReport(root, projectName));
    if (!existsSync(join(root, folder, 'Dockerfile'))) {
      throw new NoDockerfileError(
        `${folder} has no Dockerfile. Set "image" in the options of ${projectName}'s target "build", ` +
          `or write a Dockerfile beside its sources, and build it again.`,
      );
    }
    const args = ['build', ...argumentsOf(options), '--tag', tag];
    const engine = findEngine(options.engine, `docker ${args.join(' ')} ${folder}`);
    await runEngine(engine, [...args, join(root, folder)]);
    if (push) await runEngine(engine, ['push', tag]);
    process.stdout.write(
      `${push ? 'Built and pushed' : 'Built'} ${tag}. Run it: ${engine} run --rm --read-only --cap-drop=ALL -e DATABASE_URL=… ${tag}\n`,
    );
    return true;
  });
}

function argumentsOf({ nodeImage, platform }: ImageOptions): string[] {
  return [
    ...(nodeImage === undefined ? [] : ['--build-arg', `NODE_IMAGE=${nodeImage}`]),
    ...(platform === undefined ? [] : ['--platform', platform]),
  ];
}
