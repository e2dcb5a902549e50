import { join } from 'node:path';
import { type Experiment, WORKSPACE_ROOT } from '@tools/experiment';
import { deploy } from '../workspace/deployment';
import { migratedDatabase } from '../workspace/migrated-database';
import { JOB } from '../workspace/sample-processors';
import { contender, type Preparation, prepareCopy } from './contenders';

const EAGER_ENTRY = 'apps/worker/src/eager.main.ts';

/** Loads what a worker without lazily loaded processors would load. */
const EAGER_SOURCE = `import { processors } from './processors.generated';

await Promise.all(Object.values(processors).map((load) => load()));
await import('./main');
`;

/** Each differs from the first one by one setting. */
const BUILDS: readonly [folder: string, ...options: string[]][] = [
  ['plain'],
  ['eager', `--main=${EAGER_ENTRY}`],
  ['readable', '--minify=false'],
];

/** The worker with one processor selected, as built, and with one setting changed. */
export async function prepareSettings(
  experiment: Experiment,
  server: string,
  withCompileCache: boolean,
): Promise<Preparation> {
  const { scratch, progress, throwIfStopped } = experiment;
  const copy = await prepareCopy(experiment, 'workspace', WORKSPACE_ROOT);
  const databaseUrl = await migratedDatabase(server, 'workspace', copy);
  progress('Building the worker with each setting …');
  await copy.write(EAGER_ENTRY, EAGER_SOURCE);
  for (const [folder, ...options] of BUILDS) {
    throwIfStopped();
    await copy.nx('build', 'worker', `--outputPath=dist/${folder}`, ...options);
    await deploy(copy.path('dist', folder), join(scratch, folder));
  }
  const setting = (name: string, folder: string, { flags = [''], env = {} } = {}) =>
    contender(
      {},
      {
        name,
        folder: join(scratch, folder),
        args: [...flags.filter(Boolean), 'main.js'],
        databaseUrl,
        env: { WORKER_PROCESSORS: JOB, ...env },
      },
    );
  const cache = { NODE_COMPILE_CACHE: join(scratch, 'compile-cache') };
  const contenders = await Promise.all([
    setting('as built', 'plain'),
    setting('all processors loaded', 'eager'),
    setting('not minified', 'readable'),
    setting('source maps enabled', 'plain', { flags: ['--enable-source-maps'] }),
    ...(withCompileCache ? [setting('compile cache', 'plain', { env: cache })] : []),
  ]);
  const notes = withCompileCache
    ? []
    : ['The compile cache is left out: it needs Node 22.1 or newer (--node).'];
  return { contenders, notes };
}

/** Whether a Node version (`v22.1.0`) has NODE_COMPILE_CACHE. */
export function hasCompileCache(version: string): boolean {
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 1);
}
