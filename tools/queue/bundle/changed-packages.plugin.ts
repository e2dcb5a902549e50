import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { packageOfFile } from './npm-package';

/** A file of a package that is changed on its way into a bundle, so that it takes less time, memory or room. */
export interface PackageChange {
  readonly package: string;
  /** Within the package. */
  readonly file: string;
  /**
   * The text unchanged if the file of this version of the package is not as expected.
   *
   * @param path of the file, absolute
   */
  readonly change: (text: string, path: string) => string;
}

export function changedPackagesPlugin(changes: readonly PackageChange[]): Plugin {
  return {
    name: 'changed-packages',
    setup(build) {
      build.onLoad({ filter: filesOf(changes) }, async ({ path, suffix }) => {
        const npmPackage = suffix === '' ? packageOfFile(path) : undefined;
        const file = npmPackage && path.slice(npmPackage.folder.length + 1).replaceAll('\\', '/');
        const all = changes.filter(
          (change) => change.package === npmPackage?.name && change.file === file,
        );
        if (all.length === 0) return undefined;
        const text = await readFile(path, 'utf8');
        const contents = all.reduce((changed, { change }) => change(changed, path), text);
        return { contents, loader: 'js' };
      });
    },
  };
}

/** esbuild asks for each file that the filter takes. */
function filesOf(changes: readonly PackageChange[]): RegExp {
  const names = changes.map(({ file }) => fileName(file)).join('|');
  return new RegExp(String.raw`[/\\]node_modules[/\\].*[/\\](?:${names})$`);
}

function fileName(file: string): string {
  return file
    .split('/')
    .slice(-2)
    .join('/')
    .replaceAll('.', String.raw`\.`)
    .replaceAll('/', String.raw`[/\\]`);
}
