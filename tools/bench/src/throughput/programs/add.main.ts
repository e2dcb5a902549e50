import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getJobProducerToken, type JobProducer, QueueModule } from '@libs/queue';
import type { DataSource } from 'typeorm';
import { measuredJob } from './measured-job';
import {
  DATA,
  inParallel,
  isRedis,
  POOL_MAX,
  readSettings,
  runProgram,
  Stopwatch,
} from './program';
import { insertRow, openRowDatabase } from './row-database';

/** `row, then job`: two steps; a crash between them loses the job. `one transaction`: both or none. */
type Way = 'job only' | 'row, then job' | 'one transaction' | 'outbox';

const settings = readSettings();
const job = measuredJob(settings.queue);
// Set by the benchmark.
const way = process.argv[2] as Way;

@Module({
  imports: [
    QueueModule.forRoot({
      url: settings.queueUrl,
      poolMax: POOL_MAX,
      applicationName: 'throughput',
      ...(settings.replicas !== undefined && { replicas: settings.replicas }),
      ...(isRedis(settings) ? { outbox: { url: settings.databaseUrl } } : {}),
    }),
    QueueModule.forFeature(job),
  ],
})
class ProducerModule {}

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(ProducerModule, { logger: ['error'] });
  const producer = app.get<JobProducer<typeof job>>(getJobProducerToken(job), { strict: false });
  const database = await openRowDatabase(settings.databaseUrl);

  const tasks: Record<Exclude<Way, 'outbox'>, () => Promise<unknown>> = {
    'job only': () => producer.add(DATA),
    'row, then job': async () => {
      await database.transaction(insertRow);
      await producer.add(DATA);
    },
    'one transaction': () =>
      database.transaction(async (manager) => {
        await insertRow(manager);
        await producer.add(DATA, { manager });
      }),
  };
  if (way === 'outbox') await publish(database, producer);
  else await inParallel(settings, tasks[way]);
  await app.close();
  await database.destroy();
}

/** Measures from the commit that adds all jobs until the last one is published. */
async function publish(database: DataSource, producer: JobProducer<typeof job>): Promise<void> {
  const jobs = Array.from({ length: settings.jobs }, () => ({ data: DATA }));
  await database.transaction((manager) => producer.addBulk(jobs, { manager }));
  const watch = new Stopwatch(settings.jobs, 0);
  for (;;) {
    const [row] = await database.query<{ waiting: boolean }[]>(
      'select exists (select from queue_outbox.job) as waiting',
    );
    if (row?.waiting !== true) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  watch.report();
}

runProgram(main);
