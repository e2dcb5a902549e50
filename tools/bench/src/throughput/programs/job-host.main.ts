import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OnWorkerEvent } from '@nestjs/bullmq';
import { QueueModule } from '@libs/queue';
import { type JobContext, JobHost, JobProcessor, QueueWorkerModule } from '@libs/queue/consumer';
import { measuredJob } from './measured-job';
import { POOL_MAX, readSettings, Stopwatch } from './program';

const settings = readSettings();
const job = measuredJob(settings.queue);
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

const started = NestFactory.createApplicationContext(WorkerModule, { logger: ['error'] });
