import { getProjects, type Tree } from '@nx/devkit';
import { JsonText } from '../../generators/plan/json-edits';
import { withPlugin } from '../../generators/init/nx-settings';
import { PLUGIN_NAME, TAGS } from '../../workspace/index';
import { inferTargets } from '../../workspace/inferred-targets.cjs';

/**
 * Has the targets of workers inferred, so that each has all commands of the plugin. A target of theirs that says nothing but its
 * executor is removed; one with options stays, and takes precedence.
 */
export default function inferTargetsOfWorkers(tree: Tree): void {
  const nxJson = tree.read('nx.json', 'utf-8') ?? '{}';
  const next = withPlugin(nxJson);
  if (next !== nxJson) tree.write('nx.json', next);
  for (const project of getProjects(tree).values()) {
    if (!project.tags?.includes(TAGS.worker)) continue;
    const inferred = inferTargets(project, (path) => tree.read(path, 'utf-8'));
    removeRedundant(tree, `${project.root}/project.json`, ['targets'], inferred);
    removeRedundant(tree, `${project.root}/package.json`, ['nx', 'targets'], inferred);
  }
}

function removeRedundant(tree: Tree, file: string, path: string[], inferred: object): void {
  const text = tree.isFile(file) ? (tree.read(file, 'utf-8') ?? '{}') : '{}';
  const json = new JsonText(text);
  for (const [name, target] of Object.entries(json.get(path) ?? {})) {
    if (name in inferred && saysNothingElse(name, target)) json.set([...path, name], undefined);
  }
  if (Object.keys(json.get(path) ?? { some: true }).length === 0) json.set(path, undefined);
  if (json.text !== text) tree.write(file, json.text);
}

function saysNothingElse(name: string, target: unknown): boolean {
  const entries = Object.entries((target ?? {}) as Readonly<Record<string, unknown>>);
  return entries.length === 1 && entries[0]?.join('=') === `executor=${PLUGIN_NAME}:${name}`;
}
