import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { until } from '@libs/testing';
import type { JobContract } from '../../contract/job-contract';
import { createProducer, PRODUCER_PARTS, type ProducerParts } from '../../module/create-producer';
import { QueueWorkerModule } from '../../module/queue-worker.module';
import { migrateOutbox } from '../../outbox/migrate-outbox';
import type { ProcessorClass } from '../../processor/processor-class';
import { contractOf } from '../../processor/processor-metadata';
import type { JobProducer } from '../../producer/job-producer';
import { Queues } from '../../queues/queues';
import type { JobSnapshot } from '../../queues/job-snapshot';
import { JobsReader } from '../../reader/jobs-reader';
import { createTestStore, describeOnEachStore } from '../../store/testing/each-store';
import { createQueueDatabase } from '../../store/testing/queue-database';
import { QueueModule } from '../testing-queue.module';

export type Way = 'memory' | 'postgres' | 'redis';

/** An application with a worker: without a store, on Postgres or on Redis. */
export interface Worker {
  readonly app: INestApplicationContext;
  /** A database whose transactions jobs can be part of. */
  readonly databaseUrl: string;
  producer<Contract extends JobContract>(job: Contract): JobProducer<Contract>;
  /** Resolves when every job has ended. */
  drain(): Promise<void>;
  /** Resolves when a job of a transaction has ended: through an outbox it is published a moment later. */
  drainAfterCommit(job: JobContract, id: string): Promise<void>;
  status(job: JobContract, id: string): Promise<JobSnapshot | undefined>;
  close(): Promise<void>;
}

/** Runs the same tests without a store, and on each store. */
export function describeThreeWays(name: string, tests: (way: Way) => void): void {
  describe(`${name}, without a store`, () => {
    tests('memory');
  });
  describeOnEachStore(name, tests);
}

export async function startWorker(
  way: Way,
  processors: readonly ProcessorClass[],
): Promise<Worker> {
  const contracts = processors.map(contractOf);
  if (way === 'memory') {
    const database = await createQueueDatabase();
    const jobs = QueueModule.forTesting({ processors });
    const app = await open([jobs]);
    return {
      ...common(app, database.url),
      drain: async () => {
        await jobs.drain({ failures: 'report', hangsAfter: 20 });
      },
      drainAfterCommit: async () => {
        await jobs.drain();
      },
      close: async () => {
        await app.close();
        await database.drop();
      },
    };
  }
  const store = await createTestStore(way);
  const database = way === 'redis' ? await createQueueDatabase() : store;
  if (way === 'redis') await migrateOutbox(database.url);
  const outbox = way === 'redis' ? { url: database.url } : undefined;
  const app = await open([
    QueueModule.forRoot({ url: store.url, outbox }),
    QueueWorkerModule.forProcessors(processors, { sandbox: false }),
  ]);
  const queues = contracts.map((contract) => app.get(Queues).open(contract));
  const isDone = async () => {
    const counts = await Promise.all(
      queues.map((queue) =>
        queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized', 'waiting-children'),
      ),
    );
    return counts.every((count) => count === 0);
  };
  return {
    ...common(app, database.url),
    drain: async () => {
      await until(isDone);
    },
    drainAfterCommit: async ({ name }, id) => {
      await until(async () => (await app.get(JobsReader).get(name, id))?.finishedAt !== undefined);
    },
    close: async () => {
      await app.close();
      await store.drop();
      if (way === 'redis') await database.drop();
    },
  };
}

async function open(
  imports: NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>,
): Promise<INestApplicationContext> {
  const app = await Test.createTestingModule({ imports }).compile();
  app.useLogger(false);
  return app.init();
}

function common(app: INestApplicationContext, databaseUrl: string) {
  const parts = PRODUCER_PARTS.map((part): unknown => app.get(part)) as ProducerParts;
  return {
    app,
    databaseUrl,
    producer: <Contract extends JobContract>(job: Contract) => createProducer(job, ...parts),
    status: (job: JobContract, id: string) => app.get(JobsReader).get(job.name, id),
  };
}
