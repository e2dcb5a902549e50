import { relative, sep } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { logger } from '@nx/devkit';
import {
  checkRegistry,
  DiskFiles,
  PluginError,
  readQueueWorkspace,
  RegistryError,
  TAGS,
} from '../workspace';
import { BuildError } from './build.error';
import type { BuildOptions } from './build-options';
import { BundleError } from './bundle.error';
import { bundleSettings } from './bundle-settings';
import { Bundler } from './bundler';
import { deploymentFiles } from './deployment-files';
import { writeOutput } from './write-output';

/** `nx build <application>`. A failed build leaves the output of the last good one in place. */
export default async function buildExecutor(
  options: BuildOptions,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  try {
    await build(options, context);
    return { success: true };
  } catch (error) {
    if (!(error instanceof BuildError || error instanceof PluginError)) throw error;
    if (error instanceof BundleError) {
      logger.error(await error.format(process.stdout.isTTY));
    }
    logger.error(error.message);
    return { success: false };
  }
}

async function build(options: BuildOptions, context: ExecutorContext): Promise<void> {
  const { root: workspaceRoot, projectName = '', projectsConfigurations, projectGraph } = context;
  const project = projectsConfigurations.projects[projectName];
  if (!project) throw new BuildError('Run this through Nx: npx nx build <project>');

  if (project.tags?.includes(TAGS.worker)) assertRegistry(context);
  const settings = bundleSettings(options, projectName, project, workspaceRoot);
  const bundler = new Bundler(settings);
  try {
    const bundle = await bundler.bundle();
    const deployment = deploymentFiles(
      workspaceRoot,
      { name: projectName, root: project.root },
      bundle.external,
      projectGraph,
    );
    const encoder = new TextEncoder();
    writeOutput(
      settings.outputPath,
      new Map([
        ...bundle.files.map(({ path, contents }): [string, Uint8Array] => [
          relative(settings.outputPath, path).split(sep).join('/'),
          contents,
        ]),
        ...Object.entries(deployment).map(([name, text]): [string, Uint8Array] => [
          name,
          encoder.encode(text),
        ]),
      ]),
    );
    logger.info(`Wrote ${relative(workspaceRoot, settings.outputPath)}`);
  } finally {
    await bundler.dispose();
  }
}

/**
 * Nx brings the registry up to date before a build on a developer's machine, but not under CI, where a
 * stale one would go unnoticed and leave out a processor.
 */
function assertRegistry({ root, projectName, projectsConfigurations }: ExecutorContext): void {
  const workspace = readQueueWorkspace(new DiskFiles(root), projectsConfigurations.projects);
  const problems = checkRegistry(workspace, { worker: projectName });
  if (problems.length > 0) throw new RegistryError(problems);
}
