import { relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import {
  checkRegistry,
  DiskFiles,
  PluginError,
  readQueueWorkspace,
  RegistryError,
  TAGS,
} from '../workspace/index';
import { buildApp } from './build-app';
import { BuildError } from '../bundle/build.error';
import type { BuildOptions } from '../bundle/build-options';
import { BundleError } from '../bundle/bundle.error';
import { bundleSettings } from '../bundle/bundle-settings';
import { hasColors } from '../terminal/has-colors';

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
      process.stderr.write(`${await error.format(hasColors())}\n\n`);
    }
    process.stderr.write(`${error.message}\n`);
    return { success: false };
  }
}

async function build(options: BuildOptions, context: ExecutorContext): Promise<void> {
  const { root, projectName = '', projectsConfigurations, projectGraph } = context;
  const project = projectsConfigurations.projects[projectName];
  if (!project) throw new BuildError('Run this through Nx: npx nx build <project>');
  if (project.tags?.includes(TAGS.worker)) assertRegistry(context);

  const settings = bundleSettings(options, projectName, project, root);
  await buildApp(settings, projectGraph);
  process.stdout.write(`Wrote ${relative(root, settings.outputPath)}\n`);
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
