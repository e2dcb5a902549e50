import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@libs/testing';
import { privateRefuge } from '@tools/services';
import { CreatedWorkspace } from './consumer/created-workspace';
import { startLocalRegistry } from './consumer/local-registry';
import { readManifest } from './package-manifest';
import { CREATE, PLUGIN } from './packages';
import { packAll } from './tarballs';

const WORKSPACE = resolve(__dirname, '../../..');

/**
 * What a person does who begins from nothing, from the packed tarballs: has a workspace made, tests it, starts it, adds a
 * job, and builds it. With `create`, the workspace is made by the package for that, and started. It needs the registry, and
 * takes minutes.
 */
async function main(isByCreate: boolean): Promise<void> {
  // As root, the account of Postgres must be able to pass through.
  const folder = mkdtempSync(join(tmpdir(), 'package-preset-'));
  const registry = await startLocalRegistry(await packAll(WORKSPACE, folder));
  try {
    const env = {
      ...process.env,
      NX_DAEMON: 'false',
      NX_TUI: 'false',
      NX_NO_CLOUD: 'true',
      npm_config_registry: registry.url,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      PORT: String(await freePort()),
      WORKER_HTTP: String(await freePort()),
    };
    const workspace = await createWorkspace(folder, env, isByCreate);
    try {
      if (!isByCreate) await check(workspace);
      await start(workspace);
      if (!isByCreate) await addJob(workspace);
    } finally {
      await workspace.stopAll();
      await workspace.run('npx', 'nx', 'run', 'services:down');
    }
    const done = isByCreate ? 'started' : 'checked, tested, started and built';
    process.stdout.write(`\nThe workspace that was made from nothing is ${done}.\n`);
  } finally {
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
    rmSync(privateRefuge(folder), { recursive: true, force: true });
  }
}

async function createWorkspace(
  folder: string,
  env: NodeJS.ProcessEnv,
  isByCreate: boolean,
): Promise<CreatedWorkspace> {
  const { version = '' } = readManifest(join(WORKSPACE, 'node_modules/nx'));
  const [command = '', ...args] = isByCreate
    ? ['npm', 'create', '--yes', CREATE.name.replace('create-', ''), 'shop', '--', '--skip-git']
    : [
        ...['npx', '--yes', `create-nx-workspace@${version}`, 'shop', `--preset=${PLUGIN.name}`],
        ...['--pm=npm', '--nxCloud=skip', '--skipGit', '--no-interactive'],
      ];
  await new CreatedWorkspace(folder, env).run(command, ...args);
  const workspace = new CreatedWorkspace(join(folder, 'shop'), env);
  await workspace.read('git', 'init', '--quiet');
  await workspace.commit();
  return workspace;
}

async function check(workspace: CreatedWorkspace): Promise<void> {
  await workspace.run('npx', 'prettier', '--check', '.');
  await workspace.run('npx', 'nx', 'sync:check');
  await workspace.run('npm', 'run', 'typecheck');
  await workspace.run('npm', 'run', 'lint');
  await workspace.run('npm', 'test');
}

async function start(workspace: CreatedWorkspace): Promise<void> {
  const started = workspace.startCommand('npm', ['start']);
  await started.untilLine(/^A first job succeeded/);
  await started.stop();
}

async function addJob(workspace: CreatedWorkspace): Promise<void> {
  await workspace.run('npx', 'nx', 'g', `${PLUGIN.name}:processor`, 'email');
  await workspace.run(
    'npx',
    'nx',
    'run-many',
    '-t',
    'typecheck',
    'lint',
    'test',
    '-p',
    'worker,jobs',
  );
  const api = workspace.start(['node_modules/.bin/nx', 'serve', 'api']);
  const worker = workspace.start(['node_modules/.bin/nx', 'serve', 'worker']);
  await Promise.all([api.untilLine(/Ready on/), worker.untilLine(/Ready\./)]);
  await workspace.run('npx', 'queue', 'enqueue', '--job=email', '--data={"id":"1"}', '--wait');
  await Promise.all([api.stop(), worker.stop()]);
  await workspace.run('npx', 'nx', 'run-many', '-t', 'build', '-p', 'api,worker');
}

main(process.argv[2] === 'create').catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
