import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getJobProducerToken, type JobProducer, QueueModule } from '@libs/queue';
import type { DataSource } from 'typeorm';
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
import { KEYS, lastPlan, planOf } from './job-plan';
import { type Attempt, attempt } from './transaction-attempt';

const settings = readSettings();
let allowed = 0;

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
    QueueModule.forFeature(chaosJob),
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
  const producer = app.get<JobProducer<typeof chaosJob>>(getJobProducerToken(chaosJob), {
    strict: false,
  });
  const database = await connected(settings, 2);
  report({ ready: true });
  if (settings.last) await produceLast(database, producer);
  else await produce(database, producer);
  await app.close();
  await database.destroy();
  process.removeAllListeners('disconnect');
  process.disconnect();
}

/** Works through its share of the transactions, continuing where its predecessor was killed. */
async function produce(
  database: DataSource,
  producer: JobProducer<typeof chaosJob>,
): Promise<void> {
  const notes = new ProducerNotes(settings.notes);
  const begun = notes.begun();
  for (let index = settings.index; index < settings.jobs; index += settings.of) {
    if (begun.has(index)) continue;
    while (index >= allowed) await sleep(10);
    const plan = planOf(settings.seed, index);
    await untilEnded({ database, producer, notes, plan, index });
    report({ ended: index });
  }
}

/** Adds a job for each key after all others are done. If one is not done, something still holds its key. */
async function produceLast(
  database: DataSource,
  producer: JobProducer<typeof chaosJob>,
): Promise<void> {
  const notes = new ProducerNotes(settings.notes);
  for (let key = 0; key < KEYS; key++) {
    const work = { database, producer, notes, plan: lastPlan(key), index: settings.jobs + key };
    await untilEnded({ ...work, itself: true });
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
