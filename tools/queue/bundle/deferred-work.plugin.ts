import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { DEFERRED_WORK } from './deferred-work';
import { packageOfFile } from './npm-package';

/** Puts off what packages do when they are loaded: {@link DEFERRED_WORK}. */
export function deferredWorkPlugin(): Plugin {
  return {
    name: 'deferred-work',
    setup(build) {
      build.onLoad({ filter: FILES }, async ({ path, suffix }) => {
        const npmPackage = suffix === '' ? packageOfFile(path) : undefined;
        const file = npmPackage && path.slice(npmPackage.folder.length + 1).replaceAll('\\', '/');
        const all = DEFERRED_WORK.filter(
          (work) => work.package === npmPackage?.name && work.file === file,
        );
        if (all.length === 0) return undefined;
        const text = await readFile(path, 'utf8');
        return { contents: all.reduce((changed, { defer }) => defer(changed), text), loader: 'js' };
      });
    },
  };
}

/** esbuild asks for each file that the filter takes. */
const FILES = new RegExp(
  String.raw`[/\\]node_modules[/\\].*[/\\](?:${DEFERRED_WORK.map(({ file }) => fileName(file)).join('|')})$`,
);

function fileName(file: string): string {
  return file
    .split('/')
    .slice(-2)
    .join('/')
    .replaceAll('.', String.raw`\.`)
    .replaceAll('/', String.raw`[/\\]`);
}
