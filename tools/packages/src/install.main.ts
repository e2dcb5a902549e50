import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { privateRefuge, startPrivatePostgres } from '@tools/services';
import { buildPackage } from './build-package';
import { installedConsumer } from './consumer/consumer';
import { compileShop, runShop } from './consumer/shop';
import { npmPack } from './npm-pack';
import type { Manifest } from './package-manifest';
import { RUNTIME } from './packages';

/** Checks of packages by others, from the registry. */
const CHECKERS = {
  publint: 'publint@0.3.25',
  areTheTypesWrong: '@arethetypeswrong/cli@0.18.5',
} as const;

/**
 * What takes too long for each test run, and needs the registry: installs the package of the runtime with npm, runs a Nest
 * application with it on a Postgres of its own, and asks two checkers about it.
 */
async function main(): Promise<void> {
  const workspaceRoot = resolve(__dirname, '../../..');
  const folder = mkdtempSync(join(tmpdir(), 'package-install-'));
  const built = join(folder, 'built');
  try {
    const manifest = await buildPackage(workspaceRoot, RUNTIME, built);
    const { file } = npmPack(built, folder);
    check(CHECKERS.publint, built, '--strict');
    check(CHECKERS.areTheTypesWrong, file);
    await runInstalled(folder, manifest, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(privateRefuge(folder), { recursive: true, force: true });
  }
}

async function runInstalled(folder: string, manifest: Manifest, tarball: string): Promise<void> {
  const consumer = await installedConsumer(manifest, tarball);
  try {
    const readme = join(consumer.folder, 'node_modules', manifest.name, 'README.md');
    await compileShop(consumer, readFileSync(readme, 'utf8'), { skipLibCheck: false });
    const postgres = await startPrivatePostgres(folder);
    try {
      const outputs = await runShop(consumer, postgres.url);
      process.stdout.write(`${JSON.stringify(outputs, null, 2)}\n`);
    } finally {
      await postgres.stop();
    }
  } finally {
    consumer.remove();
  }
}

/** @throws Error if the checker finds something */
function check(checker: string, ...args: readonly string[]): void {
  process.stdout.write(`\n${checker}\n`);
  execFileSync('npx', ['--yes', checker, ...args], { stdio: 'inherit' });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
