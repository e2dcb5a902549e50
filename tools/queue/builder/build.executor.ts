import { relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import {
  checkRegistry,
  DiskFiles,
  readQueueWorkspace,
  RegistryError,
  TAGS,
  UnknownProjectError,
} from '../workspace/index';
import { buildApp } from './build-app';
import type { BuildOptions } from '../bundle/build-options';
import { BundleError } from '../bundle/bundle.error';
import { bundleSettings } from '../bundle/bundle-settings';
import type { ExecutorResult } from '../terminal/executor-result';
import { executorResult } from '../terminal/executor-result';
import { formatBytes } from '../terminal/format-bytes';
import { describeAllowed, describeOverdue } from '../guard/describe-allowed';
import type { Build } from '../record/build-record';
import { hasColors } from '../terminal/has-colors';
import { packageManager } from '../workspace/package-manager';

/** `nx build <application>`. A failed build leaves the output of the last good one in place. */
export default function buildExecutor(
  options: BuildOptions,
  context: ExecutorContext,
): Promise<ExecutorResult> {
  return executorResult(async () => {
    try {
      await build(options, context);
      return true;
    } catch (error) {
      if (error instanceof BundleError) {
        process.stderr.write(`${await error.format(hasColors())}\n\n`);
      }
      throw error;
    }
  });
}

async function build(options: BuildOptions, context: ExecutorContext): Promise<void> {
  const { root, projectName = '', projectsConfigurations, projectGraph } = context;
  const { projects } = projectsConfigurations;
  const project = projects[projectName];
  if (!project) throw new UnknownProjectError(projectName, Object.keys(projects));
  if (project.tags?.includes(TAGS.worker)) assertRegistry(context);

  const settings = bundleSettings(options, projectName, project, root);
  const report = await buildApp(settings, projectGraph);
  process.stdout.write(`${describeBuild(relative(root, settings.outputPath), report)}\n`);
  for (const line of describeOverdue(projectName, report.allowed))
    process.stderr.write(`${line}\n`);
}

/** How large a build is, and how to run it. */
function describeBuild(folder: string, { metafile, external, allowed }: Build): string {
  const outputs = Object.entries(metafile.outputs).filter(([path]) => !path.endsWith('.map'));
  const bytes = outputs.reduce((sum, [, output]) => sum + output.bytes, 0);
  const size = `${formatBytes(bytes)} in ${outputs.length} ${outputs.length === 1 ? 'file' : 'files'}`;
  const beside =
    external.length === 0 ? '' : `, and beside it ${external.map(({ name }) => name).join(', ')}`;
  return [
    `Wrote ${folder}: ${size} without source maps${beside}.`,
    describeAllowed(allowed),
    `Run it: cd ${folder} && ${packageManager().installBuilt} && node main.js`,
  ]
    .filter((line) => line !== undefined)
    .join('\n');
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
