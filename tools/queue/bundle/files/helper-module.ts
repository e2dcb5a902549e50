import type { Plugin } from 'esbuild';

/** Where a bundle holds what its sources refer to by path, in the folders of the workspace. */
export const FILES_FOLDER = 'files';

/** The module that rewritten sources import, and the names in it. */
export const HELPER_MODULE = 'bundle:files';
export const FILE_URL = '__bundleFileUrl';
export const FILE_PATH = '__bundleFilePath';

/** An entry for esbuild, by the name of its output; see `helperPlugin`. */
export const HELPER_ENTRY = { 'chunks/bundle-files': HELPER_MODULE };

const NAMESPACE = 'bundle';

const SOURCE = `\
import { fileURLToPath } from 'node:url';
const folder = new URL('../${FILES_FOLDER}/', import.meta.url);
const at = (path) => new URL(encodeURI(path).replaceAll('#', '%23').replaceAll('?', '%3F'), folder);
export const ${FILE_URL} = (path) => at(path).href;
export const ${FILE_PATH} = (path) => fileURLToPath(at(path));
`;

/**
 * Provides the module that says where `files/` is. It must lie in a folder that is known in advance, and
 * esbuild puts into `chunks/` what two entries share: so the module is an entry as well, and the
 * output of that entry is not written.
 */
export function helperPlugin(): Plugin {
  return {
    name: 'bundle-files',
    setup(build) {
      const filter = new RegExp(`^${HELPER_MODULE}$`);
      build.onResolve({ filter }, () => ({ path: 'files', namespace: NAMESPACE }));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({
        contents: SOURCE,
        loader: 'js',
      }));
    },
  };
}
