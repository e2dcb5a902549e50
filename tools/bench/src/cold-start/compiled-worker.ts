import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { compileFiles } from '@tools/experiment';
import { npm } from '../workspace/deployment';
import type { WorkspaceCopy } from '../workspace/workspace-copy';

const ENTRY = 'apps/worker/src/compiled-worker.main.ts';

/** Like main.ts of the worker, without a top-level `await`, which CommonJS does not have. */
const SOURCE = `import 'reflect-metadata';
import { pathToFileURL } from 'node:url';
import { Readiness, stopOnSignal } from '@libs/health';
import { loadWorkerConfig } from '@libs/worker-app/config';
import { createWorker } from '@libs/worker-app/create-worker';
import { worker } from './worker';

const readiness = new Readiness();
const sandbox = new URL('./sandbox.js', pathToFileURL(__filename));
void createWorker(worker, loadWorkerConfig(worker), sandbox, readiness).then((application) => {
  stopOnSignal({ readiness, limit: 30_000, stop: () => application.close() });
  readiness.markReady();
});
`;

/**
 * Deploys the worker as most Nest applications are deployed: compiled file by file, with node_modules that
 * hold the packages that these files require, in the versions of the workspace.
 *
 * @returns the file to start, relative to the folder
 */
export async function deployCompiledWorker(copy: WorkspaceCopy, folder: string): Promise<string> {
  await copy.write(ENTRY, SOURCE);
  const { main, packages } = await compileFiles({
    root: copy.root,
    entry: ENTRY,
    outputFolder: folder,
  });
  await copy.delete(ENTRY);
  // This workspace's own file.
  const manifest = JSON.parse(await copy.read('package.json')) as {
    dependencies: Record<string, string>;
    overrides?: Record<string, string>;
  };
  const dependencies = Object.fromEntries(
    packages
      .filter((name) => !isBuiltin(name))
      .map((name) => [name, manifest.dependencies[name] ?? '*']),
  );
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({
      name: 'compiled-worker',
      private: true,
      dependencies,
      overrides: manifest.overrides,
    }),
  );
  await npm(folder, 'install');
  return main;
}
