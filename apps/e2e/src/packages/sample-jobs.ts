import 'reflect-metadata';
import {
  defineJob,
  getJobProducerToken,
  hasEnded,
  type JobProducer,
  type JobSnapshot,
  JobsReader,
  QueueModule,
} from '@libs/queue';
import { until } from '@libs/testing';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as z from 'zod';
import { firstTrueLine } from '../support/first-true-line';
import { type Outcome, WORKS } from './sample';

/** The same job three times: in the worker itself, in a child process, and in a thread. */
export const JOBS = {
  build: 'sample',
  process: 'sample-process',
  thread: 'sample-thread',
} as const;

/** As the generator writes them. */
const contractOf = (name: string) =>
  defineJob({ name, data: z.object({ id: z.string() }), result: z.object({ id: z.string() }) });
const contracts = Object.values(JOBS).map(contractOf);

@Module({})
class SampleJobsModule {}

/** Adds the samples' jobs, and waits for what becomes of them. */
export class SampleJobs {
  private constructor(private readonly app: INestApplicationContext) {}

  static async open(url: string): Promise<SampleJobs> {
    const queues = QueueModule.forRoot({ url, applicationName: 'packages' });
    const app = await NestFactory.createApplicationContext(
      { module: SampleJobsModule, imports: [queues, QueueModule.forFeature(...contracts)] },
      { abortOnError: false, logger: false },
    );
    return new SampleJobs(app);
  }

  /** @param isRunning whether the worker is still there */
  async run(name: string, expected: string, isRunning: () => boolean): Promise<Outcome> {
    const producer = this.app.get<JobProducer<ReturnType<typeof contractOf>>>(
      getJobProducerToken(contractOf(name)),
      { strict: false },
    );
    const { queue, id } = await producer.add({ id: '42' }, { attempts: 1 });
    const reader = this.app.get(JobsReader, { strict: false });
    let job: JobSnapshot | undefined;
    await until(
      async () => {
        job = await reader.get(queue, id);
        return !isRunning() || (job !== undefined && hasEnded(job));
      },
      { interval: 100 },
    ).catch(() => undefined);
    if (job === undefined || !hasEnded(job)) {
      return isRunning() ? 'The job did not end within a minute.' : 'The worker ended.';
    }
    if (job.state !== 'completed') return firstTrueLine(job.failure ?? 'The job failed.');
    const result = (job.result as { id: string } | undefined)?.id;
    return result === expected ? WORKS : `The job returned "${result ?? ''}", not "${expected}".`;
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
