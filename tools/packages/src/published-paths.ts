import { join } from 'node:path';
import { readPackageSources } from './compile-package';
import { packageExports } from './package-exports';
import { PACKAGES } from './packages';

/** Everything that can be imported from the packages of this workspace, by its path: `nest-job-queue/consumer`. */
export function publishedPaths(workspaceRoot: string): Set<string> {
  return new Set(
    PACKAGES.flatMap(({ name, project }) => {
      const root = join(workspaceRoot, project);
      const sources = readPackageSources(join(root, 'tsconfig.package.json'));
      const { exports } = packageExports(sources, root);
      return Object.keys(exports).map((subpath) => subpath.replace(/^\./, name));
    }),
  );
}
