import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { join, resolve } from 'node:path';
import { freePort, RedisServer } from '@libs/testing';
import type { CreatedWorkspace } from './consumer/created-workspace';
import { workspaceEnvironment } from './consumer/environment';
import { startLocalRegistry } from './consumer/local-registry';
import { installPackageManager, packageManager } from './consumer/package-managers';
import { ENDS, removeOldProcessor, writePlainApplication } from './consumer/plain-bullmq';
import { buildAndDeploy, createWorkspace } from './consumer/steps';
import { workspaceKind } from './consumer/workspace-kinds';
import { PLUGIN } from './packages';
import { packAll } from './tarballs';

const WORKSPACE = resolve(__dirname, '../../..');

const { values } = parseArgs({
  options: {
    /** Leave the workspace there, to look at it. */
    keep: { type: 'boolean', default: false },
  },
});

/** Until when the worker may have the services of the api: long after this. */
const ALLOWED = {
  rule: 'other-application',
  paths: ['apps/api/src/mail/mail.service.ts'],
  reason: 'it moves to a library',
  until: '2099-12-31',
};

/**
 * What a person does whose application runs its jobs with plain BullMQ: adds the plugin from the packed tarballs, converts
 * a queue, and ends the old processor. Jobs that were in Redis before are run by the new worker, and so are those that the old
 * code still adds. It needs the registry and redis-server, and takes minutes: `convert.main.ts`.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'package-convert-'));
  const registry = await startLocalRegistry(await packAll(WORKSPACE, folder));
  const redis = await RedisServer.start();
  try {
    const npm = packageManager('npm');
    const ofManager = installPackageManager(npm, folder, registry.url);
    const env = { ...(await workspaceEnvironment('', ofManager)), QUEUE_URL: redis.url };
    const workspace = await createWorkspace(folder, env, workspaceKind('nest'), npm);
    await writePlainApplication(workspace);
    await workspace.nx('build', 'api');
    await workspace.run('node', 'add-jobs.cjs');
    await convert(workspace);
    try {
      await runJobs(workspace);
    } finally {
      await workspace.stopAll();
    }
    process.stdout.write('\nThe jobs of plain BullMQ were run by the converted processor.\n');
  } finally {
    await registry.close();
    await redis.close();
    if (values.keep) process.stdout.write(`\nThe workspace is in ${folder}.\n`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes contract and processor, and checks them as the workspace does, and in strict mode. */
async function convert(workspace: CreatedWorkspace): Promise<void> {
  await workspace.nx('add', PLUGIN.name);
  await workspace.commit();
  await workspace.nx('g', `${PLUGIN.name}:convert`, '--queue=mails');
  const config = workspace.readText('eslint.config.mjs');
  workspace.write('eslint.config.mjs', config.replace('allow: [', "allow: ['/api/src/mail/', "));
  await workspace.nx('run-many', '-t', 'typecheck', 'lint', 'test', '-p', 'worker,jobs');
  await workspace.nx('lint', 'api');
  await workspace.exec('tsc', '--noEmit', '--strict', '-p', 'apps/worker/tsconfig.json');
}

async function runJobs(workspace: CreatedWorkspace): Promise<void> {
  const file = 'apps/worker/project.json';
  const project = JSON.parse(workspace.readText(file)) as {
    targets: { build: { options: object } };
  };
  Object.assign(project.targets.build.options, { allow: [ALLOWED] });
  workspace.write(file, JSON.stringify(project, null, 2));
  removeOldProcessor(workspace);
  const kind = workspaceKind('nest');
  const deployed = await buildAndDeploy(workspace, kind);
  const worker = deployed.start(['main.js']);
  const port = await freePort();
  const api = workspace.start([kind.api.main], { PORT: String(port) });
  try {
    await Promise.all([worker.untilLine(/Ready\./), api.untilLine(/is running on/)]);
    const response = await fetch(`http://localhost:${port}/api/mails`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: 'zoe@example.com' }),
    });
    const { id } = (await response.json()) as { id: string };
    await worker.untilLine(new RegExp(`Job ${id} completed`));
    await worker.untilLine(/Job 3 completed/);
  } finally {
    await deployed.stopAll();
  }
  const ends = JSON.parse(await workspace.run('node', 'show-jobs.cjs')) as unknown;
  if (!isDeepStrictEqual(ends, ENDS)) throw new Error(`Expected: ${JSON.stringify(ENDS)}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
