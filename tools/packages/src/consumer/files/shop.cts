// What a team writes that has the package and nothing of this workspace. It is compiled as CommonJS and as an ES module.
import 'reflect-metadata';
import { pathToFileURL } from 'node:url';
import { threadId } from 'node:worker_threads';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  defineJob,
  InjectJob,
  JobProducer,
  JobsReader,
  type JobSnapshot,
  migrateQueueStore,
  QueueModule,
} from 'nest-job-queue';
import {
  type JobContext,
  JobHost,
  JobProcessor,
  QueueWorkerModule,
  runSandbox,
} from 'nest-job-queue/consumer';
import { HealthModule, Readiness } from 'nest-job-queue/health';
import { createQueueMetrics } from 'nest-job-queue/metrics';
import { QueuePageModule } from 'nest-job-queue/page';
import { queueMatchers } from 'nest-job-queue/testing';
import { startTracing } from 'nest-job-queue/tracing';
import * as z from 'zod';

const greetingJob = defineJob({
  name: 'greeting',
  data: z.object({ name: z.string() }),
  result: z.object({ text: z.string(), place: z.string() }),
});

@Injectable()
class Greeter {
  greet(name: string): string {
    return `Hello ${name}`;
  }
}

/** The process and the thread that run this. */
const HERE = `${process.pid}/${threadId}`;

const { ISOLATION } = process.env;
const isolation = ISOLATION === 'process' || ISOLATION === 'thread' ? ISOLATION : undefined;

@JobProcessor(greetingJob, { providers: [Greeter], isolation })
class GreetingProcessor extends JobHost<typeof greetingJob> {
  constructor(private readonly greeter: Greeter) {
    super();
  }

  handle({ data }: JobContext<typeof greetingJob>) {
    return Promise.resolve({ text: this.greeter.greet(data.name), place: HERE });
  }
}

@Injectable()
class Guests {
  constructor(
    @InjectJob(greetingJob) private readonly greetings: JobProducer<typeof greetingJob>,
    private readonly jobs: JobsReader,
    private readonly readiness: Readiness,
  ) {}

  async welcome(name: string): Promise<JobSnapshot | undefined> {
    const { queue, id } = await this.greetings.add({ name });
    let last: JobSnapshot | undefined;
    for await (const snapshot of this.jobs.watch(queue, id)) last = snapshot;
    return last;
  }

  async checks(): Promise<Record<string, string>> {
    return (await this.readiness.report()).checks;
  }
}

/** @param url a database of Postgres or Redis */
async function main(url: string): Promise<void> {
  await migrateQueueStore(url);
  const sandbox = pathToFileURL(process.argv[1] ?? '');

  @Module({
    imports: [
      HealthModule,
      QueueModule.forRoot({ url }),
      QueueModule.forFeature(greetingJob),
      QueueWorkerModule.forProcessors([GreetingProcessor], { sandbox }),
    ],
    providers: [Guests],
  })
  class ShopModule {}

  const app = await NestFactory.createApplicationContext(ShopModule, { logger: ['error', 'warn'] });
  const guests = app.get(Guests);
  const last = await guests.welcome('Ada');
  const { data: greeting } = greetingJob.result.safeParse(last?.result);
  const loaded = [createQueueMetrics, QueuePageModule, queueMatchers, startTracing].map(
    (entry) => typeof entry,
  );
  console.log(
    JSON.stringify({
      state: last?.state,
      text: greeting?.text,
      isApart: greeting?.place !== HERE,
      checks: await guests.checks(),
      loaded,
    }),
  );
  await app.close();
}

/** What its isolated processor runs in: the same file, without a database. */
function runProcessor(): void {
  const registry = { greeting: () => Promise.resolve({ GreetingProcessor }) };
  runSandbox({
    registry,
    createContext: (processor) =>
      NestFactory.createApplicationContext(
        { module: class {}, imports: [processor] },
        { abortOnError: false, logger: ['error', 'warn'] },
      ),
  });
}

const [, , url] = process.argv;
if (url === undefined) runProcessor();
else void main(url);
