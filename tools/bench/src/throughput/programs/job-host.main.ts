import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OnWorkerEvent } from '@nestjs/bullmq';
import { getJobProducerToken, type JobProducer, QueueModule } from '@libs/queue';
import { type JobContext, JobHost, JobProcessor, QueueWorkerModule } from '@libs/queue/consumer';
import { measuredJob } from './measured-job';
import { DATA, POOL_MAX, readSettings, Stopwatch } from './program';

/** Jobs per round trip. */
const BULK = 1_000;

const settings = readSettings();
/** With the argument `limited`, the jobs have keys, and all of them wait for room in theirs. */
const isLimited = process.argv[2] === 'limited';
const job = measuredJob(settings.queue, isLimited ? { keys: 100, concurrency: 2 } : undefined);
const watch = new Stopwatch(settings.jobs);

@JobProcessor(job, { concurrency: settings.concurrency })
class MeasuredProcessor extends JobHost<typeof job> {
  handle({ data }: JobContext<typeof job>) {
    return { messageId: data.to };
  }

  @OnWorkerEvent('completed')
  completed(): void {
    if (!watch.end()) return;
    watch.report();
    void started.then((app) => app.close());
  }
}

@Module({
  imports: [
    QueueModule.forRoot({
      url: settings.queueUrl,
      poolMax: POOL_MAX,
      applicationName: 'throughput',
    }),
    QueueWorkerModule.forProcessors([MeasuredProcessor]),
  ],
})
class WorkerModule {}

/** Only a producer of this runtime gives them their keys. */
async function fill(): Promise<void> {
  const imports = [QueueModule.forRoot({ url: settings.queueUrl }), QueueModule.forFeature(job)];
  const module = class ProducerModule extends Object {};
  const app = await NestFactory.createApplicationContext(
    { module, imports },
    { logger: ['error'] },
  );
  const producer = app.get<JobProducer<typeof job>>(getJobProducerToken(job));
  for (let added = 0; added < settings.jobs; added += BULK) {
    const length = Math.min(BULK, settings.jobs - added);
    await producer.addBulk(Array.from({ length }, () => ({ data: DATA })));
  }
  await app.close();
}

async function start() {
  if (isLimited) await fill();
  return NestFactory.createApplicationContext(WorkerModule, { logger: ['error'] });
}

const started = start();
