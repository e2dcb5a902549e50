import type { Tree } from '@nx/devkit';
import { PluginError, type QueueWorkspace } from '../../workspace/index';
import { readGenerated } from './generated-file';
import { KEPT_FOLDERS, renderManifests } from './render-manifests';
import type { KubernetesSettings } from './settings';

/**
 * Manifests that have to change were edited, or are no files of the generator.
 *
 * To do: move the edit to an overlay and undo it in the base, or pass `--force` to the generator `kubernetes`.
 */
export class ManifestsEditedError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_MANIFESTS_EDITED';

  constructor(files: readonly string[]) {
    super(
      'These manifests have to follow the workspace, and were edited. Nothing was written. Move the edits to an overlay and ' +
        'undo them (git restore), or overwrite the files: nx g @tools/queue:kubernetes --force\n' +
        files.map((file) => `  ${file}`).join('\n'),
    );
  }
}

/** A file that was written or deleted. */
export interface ManifestChange {
  readonly file: string;
  readonly what: 'adds' | 'changes' | 'removes';
}

/**
 * Brings the manifests that are kept up to date with the workspace, and returns what changed. A file that says the same,
 * however it is formatted, is left alone; so is an edited one as long as it need not change.
 *
 * @param force whether edited files are overwritten
 * @throws ManifestsEditedError and writes nothing
 */
export function updateManifests(
  tree: Tree,
  workspace: QueueWorkspace,
  directory: string,
  settings: KubernetesSettings,
  { force = false }: { force?: boolean } = {},
): ManifestChange[] {
  const wanted = renderManifests(workspace, settings);
  const changes: ManifestChange[] = [];
  const edited: string[] = [];
  for (const [path, next] of wanted) {
    const file = `${directory}/${path}`;
    const text = tree.read(file, 'utf-8');
    if (text === null) {
      changes.push({ file, what: 'adds' });
      continue;
    }
    const { written, current } = readGenerated(text);
    const { written: due } = readGenerated(next);
    const isEdited = written !== current;
    if (written === due && !(force && isEdited)) continue;
    if (isEdited) edited.push(file);
    changes.push({ file, what: 'changes' });
  }
  for (const file of leftOver(tree, directory, wanted)) {
    const { written, current } = readGenerated(tree.read(file, 'utf-8') ?? '');
    // What has no header is not the generator's.
    if (written === undefined) continue;
    if (written !== current) edited.push(file);
    changes.push({ file, what: 'removes' });
  }
  if (edited.length > 0 && !force) throw new ManifestsEditedError(edited);
  for (const { file, what } of changes) {
    if (what === 'removes') tree.delete(file);
    else tree.write(file, wanted.get(file.slice(directory.length + 1)) ?? '');
  }
  return changes;
}

/** Files in the folders of the generator that it would not write now. */
function leftOver(tree: Tree, directory: string, wanted: ReadonlyMap<string, string>): string[] {
  return KEPT_FOLDERS.flatMap((folder) =>
    tree
      .children(`${directory}/${folder}`)
      .filter((name) => !wanted.has(`${folder}/${name}`))
      .map((name) => `${directory}/${folder}/${name}`)
      .filter((file) => tree.isFile(file)),
  );
}
