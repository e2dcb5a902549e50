import { join } from 'node:path';
import type { BundleSettings } from '../bundle/bundle-settings';

/**
 * What to run in place of a command which compiles and runs a source of the workspace (`tsx apps/api/src/migrate.ts`), if the
 * source is an entry point of a bundle: that is compiled already, and starts in a fraction of the time. Any other command
 * stays what it is.
 *
 * @param bundle its `outputPath` is where its files are
 */
export function entryCommand(
  command: string,
  {
    workspaceRoot,
    entryPoints,
    outputPath,
  }: Pick<BundleSettings, 'workspaceRoot' | 'entryPoints' | 'outputPath'>,
): string {
  const words = command.split(' ');
  if (words[0] !== 'tsx') return command;
  for (const [name, source] of Object.entries(entryPoints)) {
    const index = words.findIndex((word) => join(workspaceRoot, word) === source);
    if (index === -1) continue;
    const file = join(outputPath, `${name}.js`);
    return ['node', JSON.stringify(file), ...words.slice(index + 1)].join(' ');
  }
  return command;
}
