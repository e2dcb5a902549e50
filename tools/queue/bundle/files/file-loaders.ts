import type { Loader } from 'esbuild';
import { bytes, text } from './file-kinds.json';

/**
 * What an import of a file that is not code gives, by its ending: its text, or its bytes. Jest's
 * transform (jest/file-transform.cjs) and the types (types/imported-files) go by the same list.
 */
export const FILE_LOADERS: Readonly<Record<string, Loader>> = Object.fromEntries([
  ...text.map((ending): [string, Loader] => [ending, 'text']),
  ...bytes.map((ending): [string, Loader] => [ending, 'binary']),
]);

/** Whether a file's ending says that an import gives its text or bytes. */
export function isImportedAsFile(path: string): boolean {
  return [...text, ...bytes].some((ending) => path.endsWith(ending));
}
