import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';
import { packageOfFile } from './npm-package';

const RESOLVING = Symbol('resolving');

/**
 * Leaves npm packages out of a bundle, and takes in those of the workspace, which the package manager has only linked: of these
 * `packages: 'external'` would leave out the sources.
 */
export function workspacePackagesPlugin(): Plugin {
  return {
    name: 'workspace-packages',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async (args) => {
        const { path, kind, importer, resolveDir } = args;
        if (args.pluginData === RESOLVING || kind === 'entry-point') return undefined;
        if (isBuiltin(path)) return { path, external: true };
        const question = { importer, resolveDir, kind, pluginData: RESOLVING };
        const found = await build.resolve(path, question);
        const isOfWorkspace =
          found.errors.length === 0 && !found.external && packageOfFile(found.path) === undefined;
        return isOfWorkspace ? undefined : { path, external: true };
      });
    },
  };
}
