import { join } from 'node:path';
import { type Experiment, WORKSPACE_ROOT } from '@tools/experiment';
import type { Program } from '../measure/first-job';
import { deploy, deployedSize, type DeployedSize } from '../workspace/deployment';
import { migratedDatabase } from '../workspace/migrated-database';
import { addSample, JOB } from '../workspace/sample-processors';
import { WorkspaceCopy } from '../workspace/workspace-copy';
import { deployCompiledWorker } from './compiled-worker';
import { deployNxDefault } from './nx-default';
import { addRawWorker, RAW_WORKER } from './raw-worker';

/** Identifies a row of the comparison; with `against`, the same row of the other checkout. */
export type Role =
  | 'limit'
  | 'worker-one'
  | 'worker-some'
  | 'worker-all'
  | 'compiled-one'
  | 'compiled-some'
  | 'compiled-all'
  | 'nx-default';

/** A deployed program, ready to be measured. */
export interface Contender {
  role?: Role;
  /** Whether it was built in the other checkout. */
  against?: boolean;
  program: Program;
  size: DeployedSize;
}

export interface Preparation {
  contenders: Contender[];
  /** What was left out, and why. */
  notes: string[];
}

/** The processor with a native package (sharp): removed from the worker without native packages. */
const NATIVE = ['apps/worker/src/processors/thumbnail', 'libs/jobs/src/thumbnail.job.ts'];

/** Health endpoints on any free port; a mail server that is never contacted. */
export const WORKER_ENV = {
  WORKER_HTTP: '0',
  HOST: '127.0.0.1',
  SMTP_URL: 'smtp://127.0.0.1:1',
};

/** The same processors in every checkout and each row: others that a checkout has, such as `report-day`, are not loaded. */
const ONE = { WORKER_PROCESSORS: JOB };
const SOME = { WORKER_PROCESSORS: `${JOB},notification,report` };
const ALL = { WORKER_PROCESSORS: `${JOB},notification,report,thumbnail` };

/** The worker and other ways to build one. */
export async function preparePeers(
  experiment: Experiment,
  server: string,
  withNxDefault: boolean,
): Promise<Preparation> {
  const { scratch, progress, throwIfStopped } = experiment;
  const folder = (name: string) => join(scratch, name);
  const copy = await prepareCopy(experiment, 'workspace', WORKSPACE_ROOT);
  await addRawWorker(copy, JOB);
  const databaseUrl = await migratedDatabase(server, 'workspace', copy);

  progress('Building and deploying the workers …');
  await copy.nx('build', RAW_WORKER);
  await deploy(copy.path('dist/apps', RAW_WORKER), folder('raw'));
  await copy.nx('build', 'worker');
  await deploy(copy.path('dist/apps/worker'), folder('worker-native'));
  throwIfStopped();
  progress('Compiling the same worker file by file, installing its packages …');
  const main = await deployCompiledWorker(copy, folder('compiled-native'));
  throwIfStopped();
  progress('The same without the processor that has a native package …');
  await removeNative(copy);
  await deploy(copy.path('dist/apps/worker'), folder('worker'));
  await deployCompiledWorker(copy, folder('compiled'));
  throwIfStopped();

  const of = (role: Role, name: string, folder: string, file = 'main.js', env = {}) =>
    contender({ role }, { name, folder, args: [file], databaseUrl, env });
  const contenders = await Promise.all([
    of('limit', 'BullMQ alone, bundled: the limit', folder('raw')),
    of('worker-one', 'worker, 1 processor', folder('worker'), 'main.js', ONE),
    of(
      'worker-some',
      'worker, 3 processors (TypeORM, nodemailer)',
      folder('worker'),
      'main.js',
      SOME,
    ),
    of('worker-all', 'worker, 4 processors (sharp too)', folder('worker-native'), 'main.js', ALL),
    of('compiled-one', 'file by file, 1 processor', folder('compiled'), main, ONE),
    of('compiled-some', 'file by file, 3 processors', folder('compiled'), main, SOME),
    of('compiled-all', 'file by file, 4 processors', folder('compiled-native'), main, ALL),
  ]);
  if (!withNxDefault)
    return { contenders, notes: ['`nx g @nx/nest:app` is left out (--no-peers).'] };

  progress('Building what `nx g @nx/nest:app` generates; installing its packages takes minutes …');
  try {
    const file = await deployNxDefault(folder('nx-workspace'), folder('nx-default'));
    const name = 'nx g @nx/nest:app (webpack), 1 processor, TypeORM';
    contenders.push(await of('nx-default', name, folder('nx-default'), file));
    return { contenders, notes: [] };
  } catch (error) {
    throwIfStopped();
    const reason = error instanceof Error ? error.message : String(error);
    return { contenders, notes: [`\`nx g @nx/nest:app\` is left out: ${reason}`] };
  }
}

/** The worker of this checkout and that of another one, each with its own generator, build and tables. */
export async function prepareCheckouts(
  experiment: Experiment,
  server: string,
  folder: string,
): Promise<Preparation> {
  const checkouts = [
    { name: 'here', root: WORKSPACE_ROOT, against: false },
    { name: 'against', root: folder, against: true },
  ];
  const contenders: Contender[] = [];
  for (const { name, root, against } of checkouts) {
    const { scratch, progress, throwIfStopped } = experiment;
    const copy = await prepareCopy(experiment, `workspace-${name}`, root);
    const databaseUrl = await migratedDatabase(server, name, copy);
    progress(`Building and deploying the workers of ${root} …`);
    const built = (kind: string) => join(scratch, `${name}-${kind}`);
    await copy.nx('build', 'worker');
    await deploy(copy.path('dist/apps/worker'), built('native'));
    throwIfStopped();
    await removeNative(copy);
    await deploy(copy.path('dist/apps/worker'), built('worker'));
    throwIfStopped();
    const of = (role: Role, title: string, kind: string, env = {}) =>
      contender(
        { role, against },
        { name: `${name}: ${title}`, folder: built(kind), args: ['main.js'], databaseUrl, env },
      );
    contenders.push(
      await of('worker-one', '1 processor', 'worker', ONE),
      await of('worker-some', '3 processors (TypeORM, nodemailer)', 'worker', SOME),
      await of('worker-all', '4 processors (sharp too)', 'native', ALL),
    );
  }
  // Programs with the same role are measured side by side.
  contenders.sort((a, b) => (a.role ?? '').localeCompare(b.role ?? ''));
  return { contenders, notes: [`here: ${WORKSPACE_ROOT}; against: ${folder}`] };
}

/** A copy of a checkout with the job that is measured, which its own generator writes. */
export async function prepareCopy(
  { scratch, progress }: Experiment,
  name: string,
  root: string,
): Promise<WorkspaceCopy> {
  progress(`Copying ${root}, generating the job that is measured …`);
  const copy = await WorkspaceCopy.create(join(scratch, name), root);
  await addSample(copy);
  return copy;
}

export async function contender(
  identity: Pick<Contender, 'role' | 'against'>,
  program: Program,
): Promise<Contender> {
  return {
    ...identity,
    program: { ...program, env: { ...WORKER_ENV, ...program.env } },
    size: await deployedSize(program.folder),
  };
}

async function removeNative(copy: WorkspaceCopy): Promise<void> {
  await copy.delete(...NATIVE);
  await copy.nx('sync');
  await copy.nx('build', 'worker');
}
