import { posix } from 'node:path';
import type { BuildReport } from './build-record';

/** Where the last build was written, relative to the workspace root: the folder of its first entry. */
export function builtFolder({
  entries,
  metafile,
}: Pick<BuildReport, 'entries' | 'metafile'>): string {
  const [entry] = entries;
  const main = Object.entries(metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint !== undefined && entryPoint === entry,
  );
  return posix.dirname(main?.[0] ?? '');
}
