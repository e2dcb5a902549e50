import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@libs/testing';
import { privateRefuge, startPrivatePostgres } from '@tools/services';
import { buildPackage } from './build-package';
import type { Tarball } from './consumer/consumer';
import { CreatedWorkspace } from './consumer/created-workspace';
import { startLocalRegistry } from './consumer/local-registry';
import { npmPack } from './npm-pack';
import { readManifest } from './package-manifest';
import { PACKAGES, PLUGIN } from './packages';

const WORKSPACE = resolve(__dirname, '../../..');

/**
 * What a person does who adds the plugin to a workspace of another kind than this one, from the packed tarballs: makes a
 * workspace, adds the plugin, adds a job, and runs it, with `nx serve` and built, on a Postgres of its own. It needs the
 * registry, and takes minutes.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'package-init-'));
  const registry = await startLocalRegistry(await tarballs(folder));
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
    const workspace = await createWorkspace(folder, env);
    await addPlugin(workspace);
    await addJob(workspace);
    await serveWorker(workspace);
    await runBuilt(workspace);
    process.stdout.write('\nA job was added and run in the workspace that was created.\n');
  } finally {
    await postgres.stop();
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
    rmSync(privateRefuge(join(folder, 'postgres')), { recursive: true, force: true });
  }
}

async function tarballs(folder: string): Promise<Tarball[]> {
  const packed: Tarball[] = [];
  for (const project of PACKAGES) {
    const built = join(folder, project.name);
    const manifest = await buildPackage(WORKSPACE, project, built);
    packed.push({ manifest, file: npmPack(built, folder).file });
  }
  return packed;
}

async function createWorkspace(folder: string, env: NodeJS.ProcessEnv): Promise<CreatedWorkspace> {
  const { version = '' } = readManifest(join(WORKSPACE, 'node_modules/nx'));
  const options = ['--preset=nest', '--appName=api', '--pm=npm', '--nxCloud=skip', '--skipGit'];
  await new CreatedWorkspace(folder, env).run(
    'npx',
    '--yes',
    `create-nx-workspace@${version}`,
    'shop',
    ...options,
    '--no-interactive',
  );
  const workspace = new CreatedWorkspace(join(folder, 'shop'), env);
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

async function addJob(workspace: CreatedWorkspace): Promise<void> {
  await workspace.run('npx', 'nx', 'g', `${PLUGIN.name}:processor`, 'email');
  workspace.write('apps/api/src/app/app.controller.ts', CONTROLLER);
  workspace.write('apps/api/src/app/app.module.ts', MODULE);
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
}

/** It creates the tables. */
async function serveWorker(workspace: CreatedWorkspace): Promise<void> {
  const worker = workspace.start(['node_modules/.bin/nx', 'serve', 'worker']);
  await worker.untilLine(/Ready\./);
  await workspace.run('npx', 'queue', 'enqueue', '--job=email', '--data={"id":"1"}', '--wait');
  await worker.stop();
}

async function runBuilt(workspace: CreatedWorkspace): Promise<void> {
  await workspace.run('npx', 'nx', 'run-many', '-t', 'build', '-p', 'api,worker');
  const dist = new CreatedWorkspace(join(workspace.folder, 'dist/apps/worker'), {
    ...process.env,
    DATABASE_URL: workspace.variable('DATABASE_URL'),
    WORKER_HTTP: workspace.variable('WORKER_HTTP'),
  });
  await dist.run('npm', 'ci', '--omit=dev');
  await dist.run('node', 'migrate.js');
  const worker = dist.start(['main.js']);
  const port = await freePort();
  const api = workspace.start(['dist/apps/api/main.js'], { PORT: String(port) });
  await Promise.all([worker.untilLine(/Ready\./), api.untilLine(/is running on/)]);
  const response = await fetch(`http://localhost:${port}/api/emails/42`, { method: 'POST' });
  const { id } = (await response.json()) as { id: string };
  await worker.untilLine(new RegExp(`Job ${id} completed`));
  const code = await worker.stop();
  await api.stop();
  if (code !== 0) throw new Error(`The worker ended with exit code ${code}.`);
}

/** What a person writes to add a job, in an application as Nx generates it. */
const CONTROLLER = `import { Controller, Param, Post } from '@nestjs/common';
import { emailJob } from '@shop/jobs/email';
import { InjectJob, JobProducer } from 'nest-job-queue';

@Controller()
export class AppController {
  constructor(@InjectJob(emailJob) private readonly emails: JobProducer<typeof emailJob>) {}

  @Post('emails/:id')
  send(@Param('id') id: string) {
    return this.emails.add({ id });
  }
}
`;

const MODULE = `import { Module } from '@nestjs/common';
import { emailJob } from '@shop/jobs/email';
import { QueueModule } from 'nest-job-queue';
import { AppController } from './app.controller';
import { queueStore } from './queue-store';

@Module({
  imports: [QueueModule.forRootAsync({ useFactory: queueStore }), QueueModule.forFeature(emailJob)],
  controllers: [AppController],
})
export class AppModule {}
`;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
