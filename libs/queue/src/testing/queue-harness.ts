import type { INestApplicationContext, ModuleMetadata, Type } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import type { JobHost } from '../processor/job-host';
import { contractOf } from '../processor/processor-metadata';
import { QueueWorkerModule } from '../module/queue-worker.module';
import type { JobContract, JobInput } from '../contract/job-contract';
import type { ChildrenOption } from '../contract/job-children';
import type { AddOptions } from '../contract/job-options';
import { QueueModule } from '../module/queue.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer, TransactionOptions } from '../producer/job-producer';
import type { JobSnapshot } from '../queues/job-snapshot';
import { JobsReader } from '../reader/jobs-reader';
import { migrateQueueStore } from '../store/migrate-queue-store';

export interface QueueHarnessOptions {
  /** An isolated database; the queue tables are created in it. */
  url: string;
  /** Further modules of the worker, such as a global configuration module. */
  imports?: ModuleMetadata['imports'];
  /**
   * The built sandbox file of an isolated processor. Without it, the processor runs in this process, where
   * tests can access it.
   */
  sandbox?: URL;
  /** How long `close` lets running jobs finish, in milliseconds. @default 25000 */
  shutdownDeadline?: number;
  /** Replaces the processor's dependencies: `(builder) => builder.overrideProvider(…)…`. */
  configure?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
}

/** A worker that runs one processor, with a producer for its jobs. */
export interface QueueHarness<Contract extends JobContract> {
  readonly app: INestApplicationContext;
  readonly producer: JobProducer<Contract>;
  readonly jobs: JobsReader;
  /**
   * Adds a job and waits until it has ended, completed or failed permanently.
   *
   * @throws Error if it is removed before that.
   */
  run(
    data: JobInput<Contract>,
    options?: AddOptions & TransactionOptions & ChildrenOption<Contract>,
  ): Promise<JobSnapshot>;
  /** Lets running jobs finish and closes every connection. */
  close(): Promise<void>;
}

/**
 * Runs a processor in a real worker, on a real store: for integration tests.
 *
 *     const harness = await startProcessor(EmailProcessor, { url: database.url });
 *     expect(await harness.run({ to: 'ada@example.org' })).toMatchObject({ state: 'completed' });
 *     await harness.close();
 */
export async function startProcessor<Contract extends JobContract>(
  processor: Type<JobHost<Contract>>,
  {
    url,
    imports = [],
    sandbox,
    shutdownDeadline,
    configure = (builder) => builder,
  }: QueueHarnessOptions,
): Promise<QueueHarness<Contract>> {
  await migrateQueueStore(url);
  const job = contractOf(processor) as Contract;
  const builder = Test.createTestingModule({
    imports: [
      ...imports,
      QueueModule.forRoot({ url, applicationName: `test ${job.name}`, shutdownDeadline }),
      QueueModule.forFeature(job),
      QueueWorkerModule.forProcessors([processor], { sandbox: sandbox ?? false }),
    ],
  });
  const app = await configure(builder).compile();
  app.useLogger(false);
  await app.init();
  const producer = app.get<JobProducer<Contract>>(getJobProducerToken(job), { strict: false });
  const jobs = app.get(JobsReader);
  return {
    app,
    producer,
    jobs,
    run: async (data, options) => {
      const { queue, id } = await producer.add(data, options);
      let last: JobSnapshot | undefined;
      for await (const snapshot of jobs.watch(queue, id)) last = snapshot;
      if (last?.finishedAt === undefined) throw new Error(`Job ${id} was removed before it ended.`);
      return last;
    },
    close: () => app.close(),
  };
}
