import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Consumer } from './consumer';

const PROGRAM = join(__dirname, 'files/transactions.cts');

/** The libraries of this workspace's own tests. */
const OWN_LIBRARIES = resolve(
  __dirname,
  '../../../../libs/queue/src/producer/testing/transaction-libraries.ts',
);

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    // Drizzle declares its drivers for packages that are not installed.
    skipLibCheck: true,
    types: ['node'],
  },
  files: ['transactions.cts'],
};

const SCHEMA = `generator client {
  provider     = "prisma-client"
  output       = "./generated"
  moduleFormat = "cjs"
}

datasource db {
  provider = "postgresql"
}

model Written {
  id   Int     @id @default(autoincrement())
  text String?

  @@map("written")
}
`;

/** Generates a client of Prisma, and compiles what adds jobs in transactions of each library. */
export async function compileTransactions(consumer: Consumer): Promise<void> {
  const { folder } = consumer;
  writeFileSync(join(folder, 'schema.prisma'), SCHEMA);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  copyFileSync(PROGRAM, join(folder, 'transactions.cts'));
  const libraries = readFileSync(OWN_LIBRARIES, 'utf8').replace('../../index', 'nest-job-queue');
  writeFileSync(join(folder, 'transaction-libraries.cts'), libraries);
  // A client is generated without that program, which would be downloaded.
  const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
  const prisma = 'node_modules/prisma/build/index.js';
  await consumer.nodeWith(env, prisma, 'generate', '--schema', 'schema.prisma');
  await consumer.node('node_modules/typescript/bin/tsc', '-p', '.');
}

/**
 * Adds jobs in transactions of each library.
 *
 * @param tablesUrl a Postgres, for the rows and for one of the two stores of jobs
 * @returns the report of Node's test runner
 */
export function runTransactions(
  consumer: Consumer,
  tablesUrl: string,
  redisUrl: string,
): Promise<string> {
  const env = { TABLES_URL: tablesUrl, REDIS_URL: redisUrl };
  return consumer.nodeWith(env, '--test', '--test-reporter=spec', 'transactions.cjs');
}
