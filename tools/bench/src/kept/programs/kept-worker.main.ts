import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OnWorkerEvent } from '@nestjs/bullmq';
import { QueueModule } from '@libs/queue';
import { type JobContext, JobHost, JobProcessor, QueueWorkerModule } from '@libs/queue/consumer';
import { onFetch } from '../../measure/fetch-times';
import { keptJob, type KeptReport, type KeptSettings } from '../kept-job';

/* A worker that runs jobs of one queue, and reports how fast. Its argument: its settings. */

// Written by the benchmark.
const settings = JSON.parse(process.argv[2] ?? '') as KeptSettings;
const job = keptJob(settings);
const answeredAt: number[] = [];
const took: number[] = [];
const half = Math.floor(settings.jobs / 2);
let ended = 0;
let halfAt = 0;

@JobProcessor(job, { concurrency: 16 })
class KeptProcessor extends JobHost<typeof job> {
  async handle({ data }: JobContext<typeof job>) {
    if (settings.time > 0) await sleep(settings.time);
    return { messageId: data.to };
  }

  @OnWorkerEvent('completed')
  completed(): void {
    ended += 1;
    if (ended === half) halfAt = performance.now();
    if (ended === settings.jobs) report();
  }
}

@Module({
  imports: [
    QueueModule.forRoot({ url: settings.url, applicationName: 'kept' }),
    QueueWorkerModule.forProcessors([KeptProcessor]),
  ],
})
class KeptModule {}

function report(): void {
  const jobsPerSecond = ((settings.jobs - half) * 1_000) / (performance.now() - halfAt);
  const result: KeptReport = { jobsPerSecond, answeredAt, took };
  console.log(JSON.stringify({ report: result }));
  void started.then((app) => app.close());
}

onFetch((ms) => {
  answeredAt.push(Date.now());
  took.push(ms);
});
const started = NestFactory.createApplicationContext(KeptModule, { logger: ['error', 'warn'] });
