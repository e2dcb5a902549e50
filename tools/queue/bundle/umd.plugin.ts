import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** How TypeScript begins a module that runs in Node and in a browser: what it requires, it requires by an argument. */
const HEAD = 'var v = factory(require, exports);';
const PARAMETERS = '(function (require, exports) {';

/**
 * Bundles what a package requires that TypeScript has compiled to UMD, such as `jsonc-parser`. esbuild takes the argument
 * `require` for any function, so the files would be missing when the bundle runs.
 */
export function umdPlugin(): Plugin {
  return {
    name: 'umd',
    setup(build) {
      build.onLoad({ filter: /[/\\]node_modules[/\\].*[/\\]umd[/\\].*\.js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!text.includes(HEAD)) return undefined;
        // Without the argument, `require` is that of the module.
        const contents = text.replace(PARAMETERS, '(function (_require, exports) {');
        return { contents, loader: 'js' };
      });
    },
  };
}
