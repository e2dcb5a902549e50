import type { Tree } from '@nx/devkit';
import { getProjects } from '@nx/devkit';
import type { ComposeChange, QueueWorkspace, RegistryChange } from '../../workspace/index';
import { composeChange, readQueueWorkspace, writeRegistries } from '../../workspace/index';

/** The workspace as a generator sees it, with the changes that are not written yet. */
export function treeWorkspace(tree: Tree): QueueWorkspace {
  return readQueueWorkspace(tree, Object.fromEntries(getProjects(tree)));
}

/** The folders of the projects; without those that have a tag. */
export function projectRoots(tree: Tree, without?: string): string[] {
  return [...getProjects(tree).values()]
    .filter(({ tags = [] }) => without === undefined || !tags.includes(without))
    .map(({ root }) => root);
}

/** Makes each worker's registry list its processors, and returns what changed. */
export function updateRegistries(tree: Tree, workspace: QueueWorkspace): RegistryChange[] {
  return writeRegistries(workspace, (path, content) => {
    tree.write(path, content);
  });
}

/** Makes the compose file run every worker, if it asks for it, and returns what changed. */
export function updateComposeFile(
  tree: Tree,
  workspace: QueueWorkspace,
): ComposeChange | undefined {
  const change = composeChange(workspace.files, workspace.workers);
  if (change) tree.write(change.file, change.next);
  return change;
}
