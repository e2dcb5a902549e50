import { join } from 'node:path';
import {
  generateFiles,
  type GeneratorCallback,
  getProjects,
  installPackagesTask,
  names,
  readJson,
  type Tree,
  writeJson,
} from '@nx/devkit';
import { PLUGIN_NAME } from '../../workspace/index';
import type { PresetOptions } from './preset-options';
import { WorkspaceInUseError } from './workspace-in-use.error';

/** Written when the package of this plugin is built: tools/packages/src/template. */
const TEMPLATE = join(__dirname, 'files');

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/**
 * `create-nx-workspace --preset=@tools/queue`: fills a workspace that has no projects yet. Files that Nx has written are
 * replaced.
 *
 * @param template the folder with the files of the workspace
 * @throws WorkspaceInUseError, and writes nothing, if there are projects
 */
export default function presetGenerator(
  tree: Tree,
  options: PresetOptions,
  template = TEMPLATE,
): GeneratorCallback {
  const projects = [...getProjects(tree).keys()];
  if (projects.length > 0) throw new WorkspaceInUseError(projects);
  const { fileName: name } = names(options.name);
  const nxJson = readJson<object>(tree, 'nx.json');
  const { dependencies, devDependencies } = readJson<Manifest>(tree, 'package.json');
  // Where the plugin was installed from: a version, or a tarball.
  const plugin = dependencies?.[PLUGIN_NAME] ?? devDependencies?.[PLUGIN_NAME];

  generateFiles(tree, template, '.', { name });
  // What a person has answered to Nx: its cloud, its statistics.
  writeJson(tree, 'nx.json', { ...nxJson, ...readJson<object>(tree, 'nx.json') });
  if (plugin !== undefined) {
    const manifest = readJson<Manifest>(tree, 'package.json');
    writeJson(tree, 'package.json', {
      ...manifest,
      devDependencies: { ...manifest.devDependencies, [PLUGIN_NAME]: plugin },
    });
  }
  return () => {
    installPackagesTask(tree, true);
    console.log(nextSteps(name, options.packageManager ?? 'npm'));
  };
}

function nextSteps(name: string, packageManager: string): string {
  const untried =
    packageManager === 'npm'
      ? ''
      : `\nThe scripts and settings of this workspace were tried with npm, and not with ${packageManager}.\n`;
  return `${untried}
The workspace ${name} is complete. In its folder:
  npm start    # PostgreSQL, api and worker, and a first job through them
  npm test     # every test, on a real database
  npx nx g ${PLUGIN_NAME}:processor email    # your first job
`;
}
