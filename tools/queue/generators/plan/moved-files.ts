import type { Tree } from '@nx/devkit';
import { type QueueWorkspace, registryPath } from '../../workspace/index';
import { editOf, type FileReference, fileReferences, movedSpecifier } from './file-references';
import { isSource, listImporters } from './source-list';
import { type TextEdit, writeEdits } from './text-edits';

/** Files that move, and what has to change so that everything still leads to them. */
export interface MovePlan {
  moves: ReadonlyMap<string, string>;
  edits: ReadonlyMap<string, readonly TextEdit[]>;
  /** What cannot follow: no import path leads to the new place. */
  lost: readonly FileReference[];
  /** All references between what moves and what stays. */
  across: readonly FileReference[];
}

/**
 * Plans to move files within the workspace.
 *
 * @param roots of the projects whose files may lead to them
 * @param counterparts of files that stay: those that the moved ones use in their place
 */
export function planMove(
  workspace: QueueWorkspace,
  roots: Iterable<string>,
  moves: ReadonlyMap<string, string>,
  counterparts: ReadonlyMap<string, string> = new Map(),
): MovePlan {
  const importers = listImporters(workspace.files, roots, [...moves.keys()]);
  const sources = new Set([...importers, ...sourcesAmong(moves)]);
  // What `nx sync` writes follows by itself.
  for (const worker of workspace.workers) sources.delete(registryPath(worker));
  const edits = new Map<string, TextEdit[]>();
  const lost: FileReference[] = [];
  const across: FileReference[] = [];
  for (const file of sources) {
    const isMoved = moves.has(file);
    const targets = isMoved ? new Map([...moves, ...counterparts]) : moves;
    for (const reference of fileReferences(workspace, file)) {
      if (!isMoved && !moves.has(reference.to)) continue;
      if (!(isMoved && targets.has(reference.to))) across.push(reference);
      const specifier = movedSpecifier(workspace, reference, targets);
      if (specifier === undefined) lost.push(reference);
      const edit = editOf(reference, specifier);
      if (edit) edits.set(file, [...(edits.get(file) ?? []), edit]);
    }
  }
  return { moves, edits, lost, across };
}

function sourcesAmong(moves: ReadonlyMap<string, string>): string[] {
  return [...moves.keys()].filter(isSource);
}

/** Changes the files, then moves them, as renames that git follows. */
export function applyMove(tree: Tree, { moves, edits }: MovePlan): void {
  writeEdits(tree, edits);
  for (const [from, to] of moves) tree.rename(from, to);
}
