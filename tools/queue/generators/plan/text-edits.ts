import type { Tree } from '@nx/devkit';

/** A part of a text that is replaced. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** The text with all of these edits, which do not overlap. */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((done, edit) => done.slice(0, edit.start) + edit.text + done.slice(edit.end), text);
}

/** Changes files of a tree. */
export function writeEdits(tree: Tree, edits: ReadonlyMap<string, readonly TextEdit[]>): void {
  for (const [file, changes] of edits) {
    tree.write(file, withEdits(tree.read(file, 'utf-8') ?? '', changes));
  }
}
