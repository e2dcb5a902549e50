import 'reflect-metadata';
import { OnWorkerEvent } from '@nestjs/bullmq';
import { NestFactory } from '@nestjs/core';
import { QueueModule } from '@libs/queue';
import { type JobContext, JobHost, JobProcessor, QueueWorkerModule } from '@libs/queue/consumer';
import { measuredJob } from './measured-job';
import { observe } from './observation';
import { POOL_MAX, readSettings, runProgram, Stopwatch } from './program';

/* The worker of job-host.main.ts with metrics, traces, both or neither. Argument: the kinds of observation. */

const settings = readSettings();
const job = measuredJob(settings.queue);
const watch = new Stopwatch(settings.jobs);
let end: () => void;
const ended = new Promise<void>((resolve) => {
  end = resolve;
});

@JobProcessor(job, { concurrency: settings.concurrency })
class ObservedProcessor extends JobHost<typeof job> {
  handle({ data }: JobContext<typeof job>) {
    return { messageId: data.to };
  }

  @OnWorkerEvent('completed')
  completed(): void {
    if (!watch.end()) return;
    watch.report();
    end();
  }
}

runProgram(async () => {
  const { options, modules } = observe(process.argv[2] ?? '');
  const imports = [
    QueueModule.forRoot({
      ...options,
      url: settings.queueUrl,
      poolMax: POOL_MAX,
      applicationName: 'throughput',
    }),
    QueueWorkerModule.forProcessors([ObservedProcessor]),
    ...modules,
  ];
  const module = class ObservedModule extends Object {};
  const app = await NestFactory.createApplicationContext(
    { module, imports },
    { logger: ['error', 'warn'] },
  );
  await ended;
  await app.close();
});
