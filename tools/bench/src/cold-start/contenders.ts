import { join } from 'node:path';
import type { Bench } from '@tools/experiment';
import type { Program } from '../measure/program';
import { deploy, deployedSize, type DeployedSize } from '../workspace/deployment';
import { addSample, JOB } from '../workspace/sample-processors';
import { WorkspaceCopy } from '../workspace/workspace-copy';
import { deployCompiledWorker } from './compiled-worker';
import { deployNxDefault } from './nx-default';
import { addRawWorker, RAW_WORKER } from './raw-worker';

/** What each row of the comparison is, for whoever reads the results with a program. */
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
  role: Role;
  program: Program;
  size: DeployedSize;
}

/** The processor with a native package (sharp): taken out for the worker that has none. */
const NATIVE = ['apps/worker/src/processors/thumbnail', 'libs/jobs/src/thumbnail.job.ts'];

/** The worker tells its health, on any free port; a mail server is named, and not talked to. */
const WORKER_ENV = { WORKER_HTTP: '0', HOST: '127.0.0.1', SMTP_URL: 'smtp://127.0.0.1:1' };

/**
 * Builds and deploys everything that is compared, in folders below `bench.scratch`.
 *
 * @returns with notes on what could not be built
 */
export async function prepareContenders(
  bench: Bench,
  { peers }: { peers: boolean },
): Promise<{ contenders: Contender[]; notes: string[] }> {
  const { scratch, progress, assertWanted } = bench;
  const folder = (name: string) => join(scratch, name);
  progress('Copying the workspace, generating the job that is measured …');
  const copy = await WorkspaceCopy.create(folder('workspace'));
  await addSample(copy);
  await addRawWorker(copy, JOB);

  progress('Building and deploying the workers …');
  await copy.nx('run-many', '-t', 'build', '-p', `${RAW_WORKER},worker`, '--parallel=1');
  await deploy(copy.path('dist/apps', RAW_WORKER), folder('raw'));
  await deploy(copy.path('dist/apps/worker'), folder('worker-native'));
  assertWanted();

  progress('Compiling the same worker file by file, installing its packages …');
  const main = await deployCompiledWorker(copy, folder('compiled-native'));
  assertWanted();

  progress('The same without the processor that has a native package …');
  await copy.delete(...NATIVE);
  await copy.nx('sync');
  await copy.nx('build', 'worker');
  await deploy(copy.path('dist/apps/worker'), folder('worker'));
  await deployCompiledWorker(copy, folder('compiled'));
  assertWanted();

  const one = { WORKER_PROCESSORS: JOB };
  const contenders = await Promise.all([
    contender('limit', 'BullMQ alone, bundled: the limit', folder('raw'), 'main.js'),
    contender('worker-one', 'worker, one of 3 processors', folder('worker'), 'main.js', one),
    contender('worker-some', 'worker, all 3 (TypeORM, nodemailer)', folder('worker'), 'main.js'),
    contender('worker-all', 'worker, all 4 (sharp too)', folder('worker-native'), 'main.js'),
    contender('compiled-one', 'file by file, one of 3 processors', folder('compiled'), main, one),
    contender('compiled-some', 'file by file, all 3', folder('compiled'), main),
    contender('compiled-all', 'file by file, all 4', folder('compiled-native'), main),
  ]);
  if (!peers) return { contenders, notes: ['`nx g @nx/nest:app` is left out (--no-peers).'] };

  progress('Building what `nx g @nx/nest:app` makes; installing its packages takes minutes …');
  try {
    const file = await deployNxDefault(folder('nx-workspace'), folder('nx-default'));
    const name = 'nx g @nx/nest:app (webpack), 1 processor, TypeORM';
    contenders.push(await contender('nx-default', name, folder('nx-default'), file));
    return { contenders, notes: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const note = `\`nx g @nx/nest:app\` could not be built here and is left out: ${reason}`;
    return { contenders, notes: [note] };
  }
}

async function contender(
  role: Role,
  name: string,
  folder: string,
  main: string,
  env: Record<string, string> = {},
): Promise<Contender> {
  const program = { name, folder, args: [main], env: { ...WORKER_ENV, ...env } };
  return { role, program, size: await deployedSize(folder) };
}
