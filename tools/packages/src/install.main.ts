import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { privateRefuge, startPrivatePostgres } from '@tools/services';
import { buildPackage } from './build-package';
import { type Consumer, installedConsumer, type Tarball } from './consumer/consumer';
import { makeNxWorkspace } from './consumer/nx-workspace';
import { compileShop, runShop } from './consumer/shop';
import { runVitest } from './consumer/vitest';
import { npmPack } from './npm-pack';
import { CREATE, type PackageProject, PACKAGES, PLUGIN, RUNTIME } from './packages';

/** Checks of packages by others, from the registry. */
const CHECKERS = {
  publint: 'publint@0.3.25',
  areTheTypesWrong: '@arethetypeswrong/cli@0.18.5',
} as const;

const WORKSPACE = resolve(__dirname, '../../..');

/**
 * What takes too long for each test run, and needs the registry: asks two checkers about the packages, installs them with
 * npm, runs a Nest application and a spec of Vitest, and adds, builds and runs a job in an Nx workspace, on a Postgres of its own.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'package-install-'));
  try {
    const tarballs: Tarball[] = [];
    for (const project of PACKAGES) tarballs.push(await checkedPackage(project, folder));
    // The command that makes workspaces is for no other: `packages:preset:create`.
    const installed = tarballs.filter(({ manifest }) => manifest.name !== CREATE.name);
    const consumer = await installedConsumer(installed, ['nx', '@nestjs/testing']);
    try {
      await tryInstalled(consumer, folder);
    } finally {
      consumer.remove();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(privateRefuge(folder), { recursive: true, force: true });
  }
}

async function checkedPackage(project: PackageProject, folder: string): Promise<Tarball> {
  const built = join(folder, project.name);
  const manifest = await buildPackage(WORKSPACE, project, built);
  const { file } = npmPack(built, folder);
  run(folder, 'npx', '--yes', CHECKERS.publint, built, '--strict');
  // Each Node.js that the packages support can require an ES module: the ESLint configuration is one.
  const ignored = ['--ignore-rules', 'cjs-resolves-to-esm'];
  run(folder, 'npx', '--yes', CHECKERS.areTheTypesWrong, file, ...ignored);
  return { manifest, file };
}

async function tryInstalled(consumer: Consumer, folder: string): Promise<void> {
  const readme = (name: string) =>
    readFileSync(join(consumer.folder, 'node_modules', name, 'README.md'), 'utf8');
  await compileShop(consumer, readme(RUNTIME.name), { skipLibCheck: false });
  runVitest(consumer);
  makeNxWorkspace(consumer, readme(PLUGIN.name));
  const nx = (...args: readonly string[]) => {
    run(consumer.folder, 'npx', 'nx', ...args);
  };
  nx('g', `${PLUGIN.name}:processor`, 'email');
  nx('build', 'worker');
  nx('sync:check');
  const postgres = await startPrivatePostgres(folder);
  try {
    const outputs = await runShop(consumer, postgres.url);
    process.stdout.write(`${JSON.stringify(outputs, null, 2)}\n`);
    process.env['QUEUE_URL'] = postgres.url;
    nx('run', 'worker:enqueue', '--job=email', '--data={"id":"1"}');
    nx('run', 'worker:queues');
  } finally {
    await postgres.stop();
  }
}

/** @throws Error if the command fails */
function run(cwd: string, command: string, ...args: readonly string[]): void {
  process.stdout.write(`\n> ${[command, ...args].join(' ')}\n`);
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' };
  execFileSync(command, args, { cwd, env, stdio: 'inherit' });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
