import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from '../run/run-experiment';
import { compileFiles } from './compile-files';

/**
 * Compiles programs file by file: Nest needs the decorator metadata that a TypeScript runner leaves
 * out. They find the packages of this workspace.
 *
 * @returns the file to start of each
 */
export async function compilePrograms<Name extends string>(
  folder: string,
  entries: Readonly<Record<Name, string>>,
): Promise<Record<Name, string>> {
  await mkdir(folder);
  await symlink(join(WORKSPACE_ROOT, 'node_modules'), join(folder, 'node_modules'));
  const files = await Promise.all(
    Object.entries<string>(entries).map(async ([name, entry]) => {
      const { main } = await compileFiles({ root: WORKSPACE_ROOT, entry, outputFolder: folder });
      return [name, join(folder, main)];
    }),
  );
  // Its keys are those of `entries`.
  return Object.fromEntries(files) as Record<Name, string>;
}
