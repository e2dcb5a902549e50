import 'reflect-metadata';
import { text } from 'node:stream/consumers';
import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { formatJob, formatPage } from './dead-output';
import type { DeadRequest } from './dead-request';
import type { DeadJobs, DeadRuntime } from './dead-runtime';

/*
 * The program that looks at dead jobs. It is bundled with the contracts and with the runtime of the
 * workspace, both of which this plugin knows by tag only, and runs in a process of its own.
 */

@Module({})
class DeadModule {}

/** What the person asked for cannot be done as asked; the message says why. */
class RequestError extends Error {
  readonly userFacing = true;
}

export async function runDeadProgram<Job>(
  runtime: DeadRuntime<Job>,
  jobs: readonly Job[],
): Promise<void> {
  try {
    const request = JSON.parse(await text(process.stdin)) as DeadRequest;
    const app = await connect(runtime, jobs, request);
    try {
      await act(app.get(runtime.DeadJobs, { strict: false }), request);
    } finally {
      await app.close();
    }
  } catch (error) {
    process.exitCode = 1;
    console.error(isExpected(error) ? error.message : error);
  }
}

function connect<Job>(
  { QueueModule }: DeadRuntime<Job>,
  jobs: readonly Job[],
  { url, project }: DeadRequest,
): Promise<INestApplicationContext> {
  const root: DynamicModule = {
    module: DeadModule,
    imports: [
      QueueModule.forRoot({
        url,
        applicationName: 'dead jobs',
        connectTimeout: 5_000,
        migrateHint: `npx nx serve ${project}, which does it in development`,
      }),
      QueueModule.forFeature(...jobs),
    ],
  };
  return NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
}

async function act(dead: DeadJobs, request: DeadRequest): Promise<void> {
  const { action, job, limit, cursor, json, project } = request;
  if (action === 'list') {
    const page = await dead.list({ queue: job, limit, cursor });
    console.log(json ? JSON.stringify(page, undefined, 2) : formatPage(page, project));
  } else if (action === 'redrive-all') {
    await redriveAll(dead, request);
  } else {
    await actOnOne(dead, await findQueue(dead, request), request);
  }
}

async function actOnOne(
  dead: DeadJobs,
  queue: string,
  { action, id = '', force, json }: DeadRequest,
): Promise<void> {
  if (action === 'show') {
    const job = await dead.get(queue, id);
    const log = await dead.log(queue, id);
    console.log(json ? JSON.stringify({ ...job, log }, undefined, 2) : formatJob(job, log));
    return;
  }
  if (action === 'redrive') await dead.redrive(queue, id, { force });
  else await dead.remove(queue, id);
  const done = action === 'redrive' ? 'redriven' : 'removed';
  console.log(json ? JSON.stringify({ queue, id, done }) : `The ${queue} job ${id} was ${done}.`);
}

async function redriveAll(
  dead: DeadJobs,
  { job = '', force, json, project }: DeadRequest,
): Promise<void> {
  const report = await dead.redriveAll(job, { force });
  if (json) {
    console.log(JSON.stringify(report, undefined, 2));
  } else {
    const jobs = report.redriven === 1 ? 'job was' : 'jobs were';
    console.log(`${report.redriven} ${job} ${jobs} redriven.`);
    for (const { reason } of report.refused) console.error(reason);
    if (report.refused.length > 0) {
      console.error(
        `${report.refused.length} are still dead: npx nx run ${project}:dead --job=${job}`,
      );
    }
  }
  if (report.refused.length > 0) process.exitCode = 1;
}

/** The queue that a dead job is in. An id is one of its queue, so there may be several. */
async function findQueue(dead: DeadJobs, { job, id = '' }: DeadRequest): Promise<string> {
  if (job !== undefined) return job;
  const queues = dead.known();
  const found = await Promise.all(queues.map((queue) => isDead(dead, queue, id)));
  const [first, ...others] = queues.filter((_, index) => found[index]);
  if (first === undefined) {
    throw new RequestError(`There is no dead job "${id}" in ${queues.join(', ')}.`);
  }
  if (others.length > 0) {
    const choice = [first, ...others].map((queue) => `--job=${queue}`).join(' or ');
    throw new RequestError(`There are several dead jobs "${id}". Say which one: ${choice}.`);
  }
  return first;
}

async function isDead(dead: DeadJobs, queue: string, id: string): Promise<boolean> {
  try {
    await dead.get(queue, id);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'JobNotDeadError') return false;
    throw error;
  }
}

/** The runtime marks what it writes for a person. */
function isExpected(error: unknown): error is Error {
  return error instanceof Error && 'userFacing' in error;
}
