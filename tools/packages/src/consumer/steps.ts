import { join, resolve } from 'node:path';
import { freePort } from '@libs/testing';
import { readManifest } from '../package-manifest';
import { PLUGIN } from '../packages';
import { CreatedWorkspace } from './created-workspace';
import type { PackageManager } from './package-managers';
import { API_SOURCES } from './api-sources';
import type { WorkspaceKind } from './workspace-kinds';

const WORKSPACE = resolve(__dirname, '../../../..');

/** What a workspace is made with, in place of what it would get. */
export interface WorkspaceVersions {
  /** Of Nx. @default that of this workspace */
  readonly nx?: string;
  /** Other packages that npm installs before anything of ours: `typescript@5.9`. */
  readonly packages?: readonly string[];
}

/** Makes a workspace, with an api, and commits it. */
export async function createWorkspace(
  folder: string,
  env: NodeJS.ProcessEnv,
  { preset, options: own, addApi }: WorkspaceKind,
  { name, exec }: PackageManager,
  { nx, packages = [] }: WorkspaceVersions = {},
): Promise<CreatedWorkspace> {
  const version = nx ?? readManifest(join(WORKSPACE, 'node_modules/nx')).version ?? '';
  const options = [`--preset=${preset}`, ...own, `--pm=${name}`, '--nxCloud=skip', '--skipGit'];
  await new CreatedWorkspace(folder, env, exec).run(
    'npx',
    '--yes',
    `create-nx-workspace@${version}`,
    'shop',
    ...options,
    '--no-interactive',
  );
  const workspace = new CreatedWorkspace(join(folder, 'shop'), env, exec);
  await addApi?.(workspace, version);
  if (packages.length > 0) await workspace.run('npm', 'install', ...packages);
  await workspace.read('git', 'init', '--quiet');
  await workspace.commit();
  return workspace;
}

/** Adds a job, which the api adds too, and checks the sources. */
export async function addJob(
  workspace: CreatedWorkspace,
  { api, sources = API_SOURCES }: WorkspaceKind,
): Promise<void> {
  await workspace.nx('g', `${PLUGIN.name}:processor`, 'email');
  for (const [path, text] of Object.entries(sources)) workspace.write(`${api.root}/${path}`, text);
  const checks = ['typecheck', 'lint', 'test'];
  await workspace.nx('run-many', '-t', ...checks, '-p', 'worker,jobs');
}

/** Runs a job in `nx serve`, which creates the tables. */
export async function serveWorker(workspace: CreatedWorkspace): Promise<void> {
  const worker = workspace.start([workspace.programOf('nx'), 'serve', 'worker']);
  await worker.untilLine(/Ready\./);
  await workspace.exec('queue', 'enqueue', '--job=email', '--data={"id":"1"}', '--wait');
  await worker.stop();
}

/** Builds api and worker. @returns the worker as a person deploys it: its built folder alone, with the commands that the build has named */
export async function buildAndDeploy(
  workspace: CreatedWorkspace,
  kind: WorkspaceKind,
): Promise<CreatedWorkspace> {
  const printed = await workspace.nx(
    'run-many',
    '--output-style=static',
    '-t',
    'build',
    '-p',
    `${kind.api.project},worker`,
  );
  const [, install = ''] = /Run it: cd \S*worker && (.*) && node main\.js/.exec(printed) ?? [];
  const deployed = workspace.copyOf(kind.worker);
  await deployed.run(...(install.split(' ') as [string]));
  await deployed.run('node', 'migrate.js');
  return deployed;
}

/** Runs a job in a worker that was deployed, which a built api adds. */
export async function runBuilt(workspace: CreatedWorkspace, kind: WorkspaceKind): Promise<void> {
  const deployed = await buildAndDeploy(workspace, kind);
  const worker = deployed.start(['main.js']);
  const port = await freePort();
  const api = workspace.start([kind.api.main], { PORT: String(port) });
  try {
    await Promise.all([worker.untilLine(/Ready\./), api.untilLine(/is running on/)]);
    const response = await fetch(`http://localhost:${port}/api/emails/42`, { method: 'POST' });
    const { id } = (await response.json()) as { id: string };
    await worker.untilLine(new RegExp(`Job ${id} completed`));
    const code = await worker.stop();
    if (code !== 0) throw new Error(`The worker ended with exit code ${code}.`);
  } finally {
    await deployed.stopAll();
  }
}
