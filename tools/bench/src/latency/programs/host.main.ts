import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { defineJob, getJobProducerToken, type JobProducer, QueueModule } from '@libs/queue';
import { type JobContext, JobHost, JobProcessor, QueueWorkerModule } from '@libs/queue/consumer';
import * as z from 'zod';
import { addAtRate, Latencies, type LatencySettings, runLatencyProgram } from './latency-program';

/* This runtime: a producer, or a worker with `JobHost`. */

function contractOf(queue: string) {
  return defineJob({ name: queue, data: z.object({ number: z.number(), at: z.number() }) });
}

function work({ queue, url, concurrency }: LatencySettings): Promise<unknown> {
  const job = contractOf(queue);
  const latencies = new Latencies();

  @JobProcessor(job, { concurrency })
  class LatencyProcessor extends JobHost<typeof job> {
    handle({ data }: JobContext<typeof job>): void {
      latencies.begin(data);
    }
  }

  @Module({
    imports: [
      QueueModule.forRoot({ url, applicationName: 'latency' }),
      QueueWorkerModule.forProcessors([LatencyProcessor]),
    ],
  })
  class WorkerModule {}

  return NestFactory.createApplicationContext(WorkerModule, { logger: ['error', 'warn'] });
}

async function produce(settings: LatencySettings): Promise<void> {
  const job = contractOf(settings.queue);

  @Module({
    imports: [
      QueueModule.forRoot({ url: settings.url, applicationName: 'latency' }),
      QueueModule.forFeature(job),
    ],
  })
  class ProducerModule {}

  const app = await NestFactory.createApplicationContext(ProducerModule, { logger: ['error'] });
  const producer = app.get<JobProducer<typeof job>>(getJobProducerToken(job), { strict: false });
  await addAtRate(settings, (stamp) => producer.add(stamp));
  await app.close();
}

runLatencyProgram({ worker: work, producer: produce });
