import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@libs/testing';
import { privateRefuge, startPrivatePostgres } from '@tools/services';
import { CreatedWorkspace } from './consumer/created-workspace';
import { startLocalRegistry } from './consumer/local-registry';
import { CONTROLLER, MODULE, type WorkspaceKind, workspaceKind } from './consumer/workspace-kinds';
import { readManifest } from './package-manifest';
import { PLUGIN } from './packages';
import { packAll } from './tarballs';

const WORKSPACE = resolve(__dirname, '../../..');

/**
 * What a person does who adds the plugin to a workspace of another kind than this one, from the packed tarballs: makes a
 * workspace, adds the plugin, adds a job, and runs it, with `nx serve` and built, on a Postgres of its own. It needs the
 * registry, and takes minutes: `init.main.ts nest`.
 */
async function main(preset: string): Promise<void> {
  const kind = workspaceKind(preset);
  const folder = mkdtempSync(join(tmpdir(), 'package-init-'));
  const registry = await startLocalRegistry(await packAll(WORKSPACE, folder));
  const postgres = await startPrivatePostgres(join(folder, 'postgres'));
  try {
    const env = {
      ...process.env,
      NX_DAEMON: 'false',
      NX_TUI: 'false',
      NX_NO_CLOUD: 'true',
      npm_config_registry: registry.url,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      DATABASE_URL: postgres.url,
      WORKER_HTTP: String(await freePort()),
    };
    const workspace = await createWorkspace(folder, env, kind);
    await addPlugin(workspace);
    await addJob(workspace, kind);
    try {
      await serveWorker(workspace);
      await runBuilt(workspace, kind);
    } finally {
      await workspace.stopAll();
    }
    process.stdout.write('\nA job was added and run in the workspace that was created.\n');
  } finally {
    await postgres.stop();
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
    rmSync(privateRefuge(join(folder, 'postgres')), { recursive: true, force: true });
  }
}

async function createWorkspace(
  folder: string,
  env: NodeJS.ProcessEnv,
  { preset, options: own, addApi }: WorkspaceKind,
): Promise<CreatedWorkspace> {
  const { version = '' } = readManifest(join(WORKSPACE, 'node_modules/nx'));
  const options = [`--preset=${preset}`, ...own, '--pm=npm', '--nxCloud=skip', '--skipGit'];
  await new CreatedWorkspace(folder, env).run(
    'npx',
    '--yes',
    `create-nx-workspace@${version}`,
    'shop',
    ...options,
    '--no-interactive',
  );
  const workspace = new CreatedWorkspace(join(folder, 'shop'), env);
  await addApi?.(workspace, version);
  await workspace.read('git', 'init', '--quiet');
  await workspace.commit();
  return workspace;
}

async function addPlugin(workspace: CreatedWorkspace): Promise<void> {
  await workspace.run('npx', 'nx', 'add', PLUGIN.name);
  await workspace.commit();
  await workspace.run('npx', 'nx', 'g', `${PLUGIN.name}:init`);
  const changed = await workspace.read('git', 'status', '--short');
  if (changed !== '') throw new Error(`A second run has changed:\n${changed}`);
}

async function addJob(workspace: CreatedWorkspace, { api }: WorkspaceKind): Promise<void> {
  await workspace.run('npx', 'nx', 'g', `${PLUGIN.name}:processor`, 'email');
  workspace.write(`${api.root}/src/app/app.controller.ts`, CONTROLLER);
  workspace.write(`${api.root}/src/app/app.module.ts`, MODULE);
  const checks = ['typecheck', 'lint', 'test'];
  await workspace.run('npx', 'nx', 'run-many', '-t', ...checks, '-p', 'worker,jobs');
}

/** It creates the tables. */
async function serveWorker(workspace: CreatedWorkspace): Promise<void> {
  const worker = workspace.start(['node_modules/.bin/nx', 'serve', 'worker']);
  await worker.untilLine(/Ready\./);
  await workspace.run('npx', 'queue', 'enqueue', '--job=email', '--data={"id":"1"}', '--wait');
  await worker.stop();
}

async function runBuilt(workspace: CreatedWorkspace, kind: WorkspaceKind): Promise<void> {
  await workspace.run('npx', 'nx', 'run-many', '-t', 'build', '-p', `${kind.api.project},worker`);
  const built = workspace.within(kind.worker);
  await built.run('npm', 'ci', '--omit=dev');
  await built.run('node', 'migrate.js');
  const worker = workspace.start([join(kind.worker, 'main.js')]);
  const port = await freePort();
  const api = workspace.start([kind.api.main], { PORT: String(port) });
  await Promise.all([worker.untilLine(/Ready\./), api.untilLine(/is running on/)]);
  const response = await fetch(`http://localhost:${port}/api/emails/42`, { method: 'POST' });
  const { id } = (await response.json()) as { id: string };
  await worker.untilLine(new RegExp(`Job ${id} completed`));
  const code = await worker.stop();
  await api.stop();
  if (code !== 0) throw new Error(`The worker ended with exit code ${code}.`);
}

main(process.argv[2] ?? 'nest').catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
