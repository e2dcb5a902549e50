import type { SourceFiles } from './source-files';

const ROOT_CONFIGS = ['tsconfig.base.json', 'tsconfig.json'];

/** The tsconfig that names the import paths of the whole workspace. */
export function rootTsconfig(files: SourceFiles): string | undefined {
  return ROOT_CONFIGS.find((name) => files.isFile(name));
}
