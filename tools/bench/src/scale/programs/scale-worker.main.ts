import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as z from 'zod';
import { defineJob, QueueModule } from '@libs/queue';
import { JobHost, JobProcessor, QueueWorkerModule } from '@libs/queue/consumer';
import type { Snapshot } from '../snapshot';

/*
 * One of several worker processes. Its argument: WorkerSettings as JSON. It prints a line when it is ready, and a
 * Snapshot for each SIGUSR2.
 */

export interface WorkerSettings {
  readonly url: string;
  /** The name of its connections. */
  readonly application: string;
  readonly queues: readonly string[];
  /** Jobs of one queue that run at the same time in this process. */
  readonly concurrency: number;
  /** In milliseconds: how long a job waits. */
  readonly work: number;
}

// Written by the benchmark.
const settings = JSON.parse(process.argv[2] ?? '') as WorkerSettings;
const done: Record<string, number> = {};

const processors = settings.queues.map((name) => {
  const job = defineJob({ name, data: z.object({}) });
  done[name] = 0;
  @JobProcessor(job, { concurrency: settings.concurrency })
  class ScaleProcessor extends JobHost<typeof job> {
    async handle(): Promise<void> {
      if (settings.work > 0) await sleep(settings.work);
      done[name] = (done[name] ?? 0) + 1;
    }
  }
  return ScaleProcessor;
});

@Module({
  imports: [
    QueueModule.forRoot({ url: settings.url, applicationName: settings.application }),
    QueueWorkerModule.forProcessors(processors),
  ],
})
class ScaleModule {}

process.on('SIGUSR2', () => {
  const { user, system } = process.cpuUsage();
  const snapshot: Snapshot = { done, cpu: (user + system) / 1_000 };
  console.log(JSON.stringify(snapshot));
});

NestFactory.createApplicationContext(ScaleModule, { logger: ['error', 'warn'] }).then(
  () => {
    console.log('ready');
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
