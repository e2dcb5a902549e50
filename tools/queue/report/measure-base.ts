import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildOptions } from '../bundle/build-options';
import { BundleError } from '../bundle/bundle.error';
import { bundleSettings } from '../bundle/bundle-settings';
import { readBaseGraph } from '../commit/base-graph';
import { type BaseSources, checkOutBase } from '../commit/base-sources';
import { measureApp } from '../measure/measure-app';
import type { BundleSizes } from '../record/build-record';
import { PLUGIN_NAME, PluginError } from '../workspace/index';

/** An application as it was at a commit. */
export type MeasuredBase = { commit: string; lockfileDiffers: boolean } & (
  | { state: 'measured'; sizes: BundleSizes }
  /** The project was not there, or this plugin did not build it. */
  | { state: 'absent' }
  | { state: 'broken'; reason: string }
);

/**
 * Bundles an application as it was at a commit: its sources, options and import paths of then, with this plugin and the
 * packages that are installed today.
 *
 * @throws UnknownBaseError
 */
export async function measureBase(
  workspaceRoot: string,
  project: string,
  base: string,
): Promise<MeasuredBase> {
  const sources = await checkOutBase(workspaceRoot, base, 'compare');
  try {
    const lockfileDiffers = await hasOtherLockfile(workspaceRoot, sources.root);
    const known = { commit: sources.commit, lockfileDiffers };
    try {
      const sizes = await measure(sources, project, workspaceRoot);
      return sizes ? { ...known, state: 'measured', sizes } : { ...known, state: 'absent' };
    } catch (error) {
      if (error instanceof BundleError) {
        const [first] = error.messages;
        const place = first?.location ? `${first.location.file}:${first.location.line} ` : '';
        return { ...known, state: 'broken', reason: `${place}${first?.text ?? error.message}` };
      }
      if (error instanceof PluginError) return { ...known, state: 'broken', reason: error.message };
      throw error;
    }
  } finally {
    await sources.remove();
  }
}

async function measure(
  sources: BaseSources,
  project: string,
  workspaceRoot: string,
): Promise<BundleSizes | undefined> {
  const graph = await readBaseGraph(sources);
  const node = graph.nodes[project];
  const target = Object.values(node?.data.targets ?? {}).find(
    ({ executor }) => executor === `${PLUGIN_NAME}:build`,
  );
  if (!node || !target) return undefined;
  const options = target.options as BuildOptions | undefined;
  // A limit that was written wrongly is no reason not to measure.
  const measured = { ...options, maxSize: undefined, maxStartSize: undefined };
  const settings = bundleSettings(measured, project, node.data, sources.root);
  return measureApp(settings, graph, workspaceRoot);
}

const LOCKFILES = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

async function hasOtherLockfile(workspaceRoot: string, root: string): Promise<boolean> {
  const read = (folder: string, name: string): Promise<string | undefined> =>
    readFile(join(folder, name), 'utf8').catch(() => undefined);
  for (const name of LOCKFILES) {
    if ((await read(workspaceRoot, name)) !== (await read(root, name))) return true;
  }
  return false;
}
