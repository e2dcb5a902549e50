import 'reflect-metadata';
import { text } from 'node:stream/consumers';
import type { DynamicModule, INestApplicationContext, InjectionToken, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describeAdded, describeOutcome, describeWait } from './describe-outcome';
import type { Reference, Snapshot } from './describe-outcome';
import type { EnqueueRequest } from './enqueue-request';

/*
 * The program that adds jobs. It is bundled with the contract and with the runtime of the workspace,
 * both of which this plugin knows by tag only, and runs in a process of its own.
 */

/** What the program needs of the runtime. */
export interface EnqueueRuntime<Job> {
  QueueModule: Type & {
    forRoot(options: {
      url: string;
      applicationName: string;
      connectTimeout: number;
      migrateHint: string;
    }): DynamicModule;
    forFeature(job: Job): DynamicModule;
  };
  JobsReader: Type<Reader>;
  getJobProducerToken(job: Job): InjectionToken;
}

interface Reader {
  watch(queue: string, id: string): AsyncIterable<Snapshot>;
}

interface Producer {
  add(data: unknown, options: { delay: number }): Promise<Reference>;
  addBulk(jobs: { data: unknown; options: { delay: number } }[]): Promise<Reference[]>;
}

@Module({})
class EnqueueModule {}

/** How many jobs go to the store in one round trip. */
const BATCH = 1_000;

/** After so long without an answer, a person wants to know what it is waiting for; in milliseconds. */
const PATIENCE = 3_000;

export async function runEnqueueProgram<Job extends { name: string }>(
  runtime: EnqueueRuntime<Job>,
  job: Job,
): Promise<void> {
  try {
    const request = JSON.parse(await text(process.stdin)) as EnqueueRequest;
    const app = await connect(runtime, job, request);
    try {
      await enqueue(app, runtime, job, request);
    } finally {
      await app.close();
    }
  } catch (error) {
    process.exitCode = 1;
    console.error(isExpected(error) ? error.message : error);
  }
}

function connect<Job extends { name: string }>(
  { QueueModule }: EnqueueRuntime<Job>,
  job: Job,
  { url, project }: EnqueueRequest,
): Promise<INestApplicationContext> {
  const root: DynamicModule = {
    module: EnqueueModule,
    imports: [
      QueueModule.forRoot({
        url,
        applicationName: 'enqueue',
        connectTimeout: 5_000,
        migrateHint: `npx nx serve ${project}, which does it in development`,
      }),
      QueueModule.forFeature(job),
    ],
  };
  return NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
}

async function enqueue<Job extends { name: string }>(
  app: INestApplicationContext,
  runtime: EnqueueRuntime<Job>,
  job: Job,
  request: EnqueueRequest,
): Promise<void> {
  const { delay, wait, project } = request;
  const producer = app.get<Producer>(runtime.getJobProducerToken(job), { strict: false });
  const added = await addJobs(producer, request);
  console.log(describeAdded(job.name, added));
  if (!wait) return;

  const reader = app.get(runtime.JobsReader, { strict: false });
  let latest: Snapshot | undefined;
  const hint = setTimeout(() => {
    console.log(describeWait(latest, project));
  }, PATIENCE + delay);
  const ended = await Promise.all(
    added.map((reference) =>
      lastSnapshot(reader, reference, (snapshot) => {
        latest = snapshot;
      }),
    ),
  );
  clearTimeout(hint);
  const { text: outcome, success } = describeOutcome(ended);
  if (success) console.log(outcome);
  else console.error(outcome);
  if (!success) process.exitCode = 1;
}

async function addJobs(
  producer: Producer,
  { data, count, delay }: EnqueueRequest,
): Promise<Reference[]> {
  const options = { delay };
  // One by itself, because the errors of a bulk name the fields of each job by its place in it.
  if (count === 1) return [await producer.add(data, options)];
  const added: Reference[] = [];
  while (added.length < count) {
    const length = Math.min(BATCH, count - added.length);
    added.push(...(await producer.addBulk(Array.from({ length }, () => ({ data, options })))));
  }
  return added;
}

async function lastSnapshot(
  reader: Reader,
  { queue, id }: Reference,
  onSnapshot: (snapshot: Snapshot) => void,
): Promise<Snapshot | undefined> {
  let last: Snapshot | undefined;
  for await (const snapshot of reader.watch(queue, id)) {
    last = snapshot;
    onSnapshot(snapshot);
  }
  return last;
}

/** The runtime marks what it writes for a person; a refused job carries the fields that are wrong. */
function isExpected(error: unknown): error is Error {
  return error instanceof Error && ('userFacing' in error || 'problems' in error);
}
