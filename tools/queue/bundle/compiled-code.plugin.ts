import type { Plugin } from 'esbuild';
import { packageOfFile } from './npm-package';
import { packageManager } from '../workspace/package-manager';

/**
 * Notices packages of which a file imports compiled code, by any name: `compiled` has the path of the code
 * by the package's folder. In the next round such a package is external. Compiled code of the workspace is an error.
 */
export function compiledCodePlugin(compiled: Map<string, string>): Plugin {
  return {
    name: 'compiled-code',
    setup(build) {
      build.onLoad({ filter: /\.node$/, namespace: 'file' }, ({ path }) => {
        const npmPackage = packageOfFile(path);
        if (!npmPackage) {
          const text =
            'Compiled code of the workspace cannot be bundled. Make an npm package of it, ' +
            `which is installed beside the bundle: ${packageManager().add} ./path/to/its/folder`;
          return { errors: [{ text }] };
        }
        compiled.set(npmPackage.folder, path.slice(npmPackage.folder.length + 1));
        return { contents: '', loader: 'js' };
      });
    },
  };
}
