import type { DynamicModule } from '@nestjs/common';
import { QueueModule as RuntimeQueueModule } from '../module/queue.module';
import { QueueWorkerModule } from '../module/queue-worker.module';
import type { ProcessorClass } from '../processor/processor-class';
import { TestJobs } from './test-jobs';

export interface ForTestingOptions {
  /** Whose jobs `drain` runs, in this process also if they are isolated. @default none */
  readonly processors?: readonly ProcessorClass[];
}

/** `QueueModule`, for tests without a store as well. */
export class QueueModule extends RuntimeQueueModule {
  /**
   * The queues of a test, in memory, in the place of `QueueModule.forRoot`:
   *
   *     const jobs = QueueModule.forTesting({ processors: [EmailProcessor] });
   *     const app = await Test.createTestingModule({ imports: [jobs, MailModule] }).compile();
   *     await app.init();
   *
   *     await jobs.add(emailJob, { to: 'ada@example.org' });
   *     expect(await jobs.drain()).toMatchObject({ completed: 1 });
   */
  static forTesting({ processors = [] }: ForTestingOptions = {}): TestJobs {
    const workers: DynamicModule[] =
      processors.length === 0
        ? []
        : [QueueWorkerModule.forProcessors(processors, { sandbox: false })];
    return new TestJobs(
      (options, open) => QueueModule.assemble({ useFactory: () => options }, open),
      workers,
    );
  }
}
