import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { RedisServer } from '@libs/testing';
import { privateRefuge, startPrivatePostgres } from '@tools/services';
import { buildPackage } from './build-package';
import { type Consumer, installedConsumer } from './consumer/consumer';
import { compileTransactions, runTransactions } from './consumer/transactions';
import { npmPack } from './npm-pack';
import { readManifest } from './package-manifest';
import { RUNTIME } from './packages';

const WORKSPACE = resolve(__dirname, '../../..');

/** What has transactions, by its package; where the workspace has none of its own, the newest that was run. */
const LIBRARIES = {
  typeorm: undefined,
  knex: undefined,
  'drizzle-orm': undefined,
  prisma: '7.10.1',
  '@prisma/client': '7.10.0',
  '@prisma/adapter-pg': '7.10.1',
  postgres: '3.4.9',
  kysely: '0.28.19',
} as const;

const { values } = parseArgs({
  options: {
    /** Versions in place of those above: prisma=7.9.0,knex=3.1.0. */
    versions: { type: 'string', default: '' },
    /** Leave the installation there, to look at it. */
    keep: { type: 'boolean', default: false },
  },
});

/**
 * What teams do whose tables are behind Prisma, Drizzle, Knex, TypeORM, Kysely or pg: installs the packed runtime beside
 * them, and adds jobs in their transactions, on Postgres and through the outbox to Redis. It needs the registry and
 * redis-server, and takes a minute.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'package-transactions-'));
  try {
    const built = join(folder, RUNTIME.name);
    const manifest = await buildPackage(WORKSPACE, RUNTIME, built);
    const { file } = npmPack(built, folder);
    const consumer = await installedConsumer([{ manifest, file }], [], wantedVersions());
    try {
      await compileTransactions(consumer);
      process.stdout.write(`\n${versionsOf(consumer)}\n\n`);
      process.stdout.write(await run(consumer, folder));
    } finally {
      if (values.keep) process.stdout.write(`\nThe installation is in ${consumer.folder}.\n`);
      else consumer.remove();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(privateRefuge(folder), { recursive: true, force: true });
  }
}

async function run(consumer: Consumer, folder: string): Promise<string> {
  const postgres = await startPrivatePostgres(folder);
  const redis = await RedisServer.start();
  try {
    return await runTransactions(consumer, postgres.url, redis.url);
  } finally {
    await redis.close();
    await postgres.stop();
  }
}

function wantedVersions(): Record<string, string> {
  const given = values.versions.split(',').filter((text) => text !== '');
  const chosen = Object.entries(LIBRARIES).map(
    ([name, version]) =>
      [name, version ?? installedVersion(join(WORKSPACE, 'node_modules', name))] as const,
  );
  return Object.fromEntries([
    ...chosen,
    ...given.map((text) => text.split('=') as [string, string]),
  ]);
}

function installedVersion(folder: string): string {
  return readManifest(folder).version ?? '';
}

/** What a run was done with: "Node.js v20.19.0, knex 3.3.0, …". */
function versionsOf({ folder }: Consumer): string {
  const names = [...Object.keys(LIBRARIES), 'pg', 'typescript'];
  const installed = names.map(
    (name) => `${name} ${installedVersion(join(folder, 'node_modules', name))}`,
  );
  return [`Node.js ${process.version}`, ...installed].join(', ');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
