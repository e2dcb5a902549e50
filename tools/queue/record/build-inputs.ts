import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { findMarkers, hash } from '../workspace/built-program.cjs';
import { ProjectMap } from '../guard/project-map';
import { DiskFiles, findFiles, rootTsconfig } from '../workspace/index';

const PLUGIN = dirname(__dirname);

/** What every build depends on, besides sources. */
const SETTINGS = ['nx.json', 'package.json', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock'];

/**
 * One hash of the content of all that a build of an application depends on: its project and those that it depends on,
 * without their tests; the plugin; the settings of the workspace. It takes some ten milliseconds for a thousand files.
 */
export function buildInputs(workspaceRoot: string, project: string, graph: ProjectGraph): string {
  const files = new DiskFiles(workspaceRoot);
  const folder = relative(workspaceRoot, PLUGIN).split(sep).join('/');
  const projects = new ProjectMap(graph).closureOf(project).map(({ root }) => root);
  const paths = new Set([
    ...[...projects, ...(folder.startsWith('..') ? [] : [folder])].flatMap((root) =>
      findFiles(files, root, '').filter((path) => !/\.spec\.tsx?$|\/jest\.[^/]*$/.test(path)),
    ),
    ...findMarkers(workspaceRoot),
    ...[...SETTINGS, rootTsconfig(files) ?? 'tsconfig.json'].filter((path) =>
      existsSync(join(workspaceRoot, path)),
    ),
  ]);
  const contents = [...paths]
    .sort()
    .map((path) => `${path} ${hash(readFileSync(join(workspaceRoot, path)))}`);
  return hash([process.version, ...contents].join('\n'));
}
