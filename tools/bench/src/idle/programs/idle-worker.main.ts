import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createPostgresBackend, withBackend } from 'bullmq';
import * as z from 'zod';
import { defineJob, QueueModule } from '@libs/queue';
import { JobHost, JobProcessor, QueueWorkerModule } from '@libs/queue/consumer';

/* A worker without jobs. Arguments: whose worker (`host` or `raw`), the URL of its store, the number of processors. */

const [whose = '', url = '', count = ''] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, index) => `idle-${index}`);

async function startHost(): Promise<void> {
  const processors = names.map((name) => {
    const job = defineJob({ name, data: z.object({}) });
    @JobProcessor(job)
    class IdleProcessor extends JobHost<typeof job> {
      handle() {}
    }
    return IdleProcessor;
  });
  const imports = [QueueModule.forRoot({ url, applicationName: 'idle' })];
  @Module({ imports: [...imports, QueueWorkerModule.forProcessors(processors)] })
  class IdleModule {}
  await NestFactory.createApplicationContext(IdleModule, { logger: ['error', 'warn'] });
}

/** As many as one process would have: each its own pool and listening connection. */
async function startRaw(): Promise<void> {
  const PostgresWorker = withBackend(createPostgresBackend).Worker;
  const workers = names.map(
    (name) => new PostgresWorker(name, () => Promise.resolve(), { connection: url }),
  );
  for (const worker of workers) worker.on('error', console.error);
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
}

void (whose === 'raw' ? startRaw() : startHost()).then(() => {
  console.log('idle');
});
