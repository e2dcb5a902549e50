import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { RedisServer } from '@libs/testing';
import { privateRefuge, startPrivatePostgres } from '@tools/services';
import { buildPackage } from './build-package';
import { type Consumer, installedConsumer } from './consumer/consumer';
import { installNode } from './consumer/node-versions';
import { compileShop, runShop } from './consumer/shop';
import { npmPack } from './npm-pack';
import { type Manifest, readManifest } from './package-manifest';
import { RUNTIME } from './packages';

const WORKSPACE = resolve(__dirname, '../../..');

/** Where the greeting of the shop runs: in the event loop of its worker, or in a sandbox. */
const ISOLATIONS = ['none', 'process', 'thread'];

const { values } = parseArgs({
  options: {
    /** The version of NestJS: 11 or 12. By default that of this workspace. */
    nest: { type: 'string' },
    /** The version of TypeScript: 5.9. By default that of this workspace. */
    typescript: { type: 'string' },
    /** Versions of Node.js: 20.19.0,22. By default the one that runs this. */
    node: { type: 'string' },
  },
});

/**
 * What a person does who has a Nest application without Nx: installs the packed runtime and its peers with npm, compiles an
 * application as CommonJS and as an ES module, and runs jobs with it on Postgres and Redis, isolated too. It needs the registry
 * and redis-server, and takes a minute: `runtime.main.ts --nest=12 --node=20.19.0,22.12.0,24`.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'package-runtime-'));
  try {
    const built = join(folder, RUNTIME.name);
    const manifest = await buildPackage(WORKSPACE, RUNTIME, built);
    const { file } = npmPack(built, folder);
    const consumer = await installedConsumer([{ manifest, file }], [], wantedVersions(manifest));
    try {
      const readme = readFileSync(join(built, 'README.md'), 'utf8');
      await compileShop(consumer, readme, { skipLibCheck: false });
      const nodes = values.node?.split(',') ?? [];
      await runEverywhere(
        consumer,
        nodes.map((version) => installNode(version, join(folder, `node-${version}`))),
        folder,
      );
    } finally {
      consumer.remove();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(privateRefuge(folder), { recursive: true, force: true });
  }
}

/** What is installed in place of the versions of this workspace. */
function wantedVersions({ peerDependencies = {} }: Manifest): Record<string, string> {
  const { nest, typescript } = values;
  const ofNest = Object.keys(peerDependencies).filter((name) => name.startsWith('@nestjs/'));
  return {
    ...(nest !== undefined && Object.fromEntries(ofNest.map((name) => [name, nest]))),
    ...(typescript !== undefined && { typescript }),
  };
}

/** @throws Error if a job does not complete */
async function runEverywhere(
  consumer: Consumer,
  nodes: readonly string[],
  folder: string,
): Promise<void> {
  const postgres = await startPrivatePostgres(folder);
  const redis = await RedisServer.start();
  try {
    for (const node of nodes.length > 0 ? nodes : [process.execPath]) {
      process.stdout.write(`\n${await versionsOf(consumer, node)}\n`);
      for (const url of [postgres.url, redis.url]) {
        for (const isolation of ISOLATIONS) {
          const outputs = await runShop(consumer, url, { node, env: { ISOLATION: isolation } });
          const run = `${new URL(url).protocol} isolation ${isolation}`;
          const isDone = outputs.every(
            ({ state, isApart }) => state === 'completed' && isApart === (isolation !== 'none'),
          );
          if (!isDone) throw new Error(`${run}: ${JSON.stringify(outputs)}`);
          process.stdout.write(`${run}: a job of CommonJS and one of an ES module completed\n`);
        }
      }
    }
  } finally {
    await redis.close();
    await postgres.stop();
  }
}

/** What a run was done with: "Node.js v20.19.0, @nestjs/core 12.5.1, …". */
async function versionsOf(consumer: Consumer, node: string): Promise<string> {
  const installed = ['@nestjs/core', '@nestjs/bullmq', 'bullmq', 'zod', 'typescript'].map(
    (name) => {
      const { version = '' } = readManifest(join(consumer.folder, 'node_modules', name));
      return `${name} ${version}`;
    },
  );
  const version = await consumer.run(node, {}, '--version');
  return [`Node.js ${version.trim()}`, ...installed].join(', ');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
