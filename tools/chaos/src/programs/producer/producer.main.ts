import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  getJobProducerToken,
  JobCancellation,
  type JobContract,
  type JobProducer,
  QueueModule,
} from '@libs/queue';
import { ProducerNotes } from '../../proof/producer-notes';
import { chaosJob } from '../chaos.job';
import {
  type Allowance,
  applicationName,
  CONNECT_TIMEOUT,
  readSettings,
  report,
} from '../child-settings';
import { connected } from '../database';
import { flowJob, partJob } from '../flow.job';
import { slotJob, TENANTS } from '../slot.job';
import { KEYS, lastPairPlan, lastPlan, planOf } from './job-plan';
import { type Attempt, attempt } from './transaction-attempt';

const settings = readSettings();
let allowed = 0;

type Tools = Pick<Attempt, 'database' | 'producers' | 'cancellation'>;

@Module({
  imports: [
    QueueModule.forRoot({
      url: settings.queueUrl,
      ...(settings.outbox ? { outbox: { url: settings.databaseUrl } } : {}),
      applicationName: applicationName(settings),
      connectTimeout: CONNECT_TIMEOUT,
      replicas: settings.replicas,
      poolMax: 2,
    }),
    ...[chaosJob, slotJob, flowJob, partJob].map((job) => QueueModule.forFeature(job)),
  ],
})
class ProducerModule {}

async function main(): Promise<void> {
  process.on('message', (message: Allowance) => {
    allowed = message.allowed;
  });
  // The controller has ended.
  process.on('disconnect', () => process.exit(1));

  const app = await NestFactory.createApplicationContext(ProducerModule, {
    logger: ['error', 'fatal'],
    abortOnError: false,
  });
  const producerOf = <Job extends JobContract>(job: Job) =>
    app.get<JobProducer<Job>>(getJobProducerToken(job), { strict: false });
  const producers = {
    plain: producerOf(chaosJob),
    slot: producerOf(slotJob),
    flow: producerOf(flowJob),
  };
  const database = await connected(settings, 2);
  const tools = { database, producers, cancellation: app.get(JobCancellation) };
  report({ ready: true });
  if (settings.last) await produceLast(tools);
  else await produce(tools);
  await app.close();
  await database.destroy();
  process.removeAllListeners('disconnect');
  process.disconnect();
}

/** Works through its share of the transactions, continuing where its predecessor was killed. */
async function produce(tools: Tools): Promise<void> {
  const notes = new ProducerNotes(settings.notes);
  const begun = notes.begun();
  for (let index = settings.index; index < settings.jobs; index += settings.of) {
    if (begun.has(index)) continue;
    while (index >= allowed) await sleep(10);
    const plan = planOf(settings.seed, index);
    await untilEnded({ ...tools, notes, plan, index });
    report({ ended: index });
  }
}

/**
 * Adds a job for each key after all others are done, and two for each tenant, which have to run at the same time. If one
 * is not done, something still holds its key or its slot.
 */
async function produceLast(tools: Tools): Promise<void> {
  const notes = new ProducerNotes(settings.notes);
  for (let key = 0; key < KEYS; key++) {
    const work = { ...tools, notes, plan: lastPlan(key), index: settings.jobs + key };
    await untilEnded({ ...work, itself: true });
  }
  for (let tenant = 0; tenant < TENANTS; tenant++) {
    const index = settings.jobs + KEYS + tenant;
    await untilEnded({ ...tools, notes, plan: lastPairPlan(tenant), index });
  }
}

/** Tries again if a transaction fails, with new ids: the jobs of the failed one must never run. */
async function untilEnded(work: Omit<Attempt, 'tried'>): Promise<void> {
  for (let tried = 0; !(await attempt({ ...work, tried })); tried++) await sleep(200);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
