/**
 * What a source of the workspace refers to by a path that it derives from its own location, such as
 * `new URL('./welcome.hbs', import.meta.url)` or `join(__dirname, 'templates', name)`.
 *
 * - `asset`: a file, or all files of a folder, that is carried along with the bundle.
 * - `program`: a file of code that runs by itself, in a thread or a process. It is bundled as an entry.
 * - `missing`: there is no such file.
 * - `unknown`: which file it is cannot be told from the source.
 */
export interface FileReference {
  kind: 'asset' | 'program' | 'missing' | 'unknown';
  /** The source, relative to the workspace root, with `/`. */
  from: string;
  line: number;
  /** As it is written in the source. */
  text: string;
  /** The file or folder, relative to the workspace root, with `/`. */
  target: string;
}

/** A source as it is bundled, and what it refers to. */
export interface ReadSource {
  text: string;
  references: readonly FileReference[];
}
