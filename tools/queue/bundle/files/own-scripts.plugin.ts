import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Lets `prepare` change the text of the workspace's own JavaScript. esbuild asks for each file that the
 * filter takes, so it takes none of the thousands in node_modules.
 */
export function ownScriptsPlugin(
  workspaceRoot: string,
  prepare: (path: string, text: string) => string,
): Plugin {
  return {
    name: 'own-scripts',
    setup(build) {
      const folders = readdirSync(workspaceRoot, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
        .map(({ name }) => escape(name + sep));
      const filter = new RegExp(
        `^${escape(workspaceRoot + sep)}(?:(?:${folders.join('|')}).*|[^/\\\\]*)\\.[cm]?jsx?$`,
      );
      build.onLoad({ filter }, async ({ path, suffix }) => {
        if (suffix || path.includes(`${sep}node_modules${sep}`)) return undefined;
        const text = await readFile(path, 'utf8');
        const contents = prepare(path, text);
        if (contents === text) return undefined;
        return { contents, loader: path.endsWith('x') ? 'jsx' : 'js' };
      });
    },
  };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
