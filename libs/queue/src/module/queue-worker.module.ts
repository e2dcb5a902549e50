import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule } from '@nestjs/common';
import { type SandboxEntry, withSandboxes } from '../isolation/parent/with-sandboxes';
import { QueueWorker } from '../bullmq/queue-worker';
import { BlockedLoops } from '../worker/blocked-loops';
import { JobCleaner } from '../worker/job-cleaner';
import { processorModule } from '../processor/processor-module';
import type { ProcessorClass } from '../processor/processor-class';
import {
  loadProcessors,
  type ProcessorRegistry,
  type ProcessorSelection,
} from '../processor/processor-registry';
import { PROCESSORS, WorkersService } from '../worker/workers.service';

/**
 * The part of a worker process that runs jobs. The root module imports it beside `QueueModule.forRoot`:
 *
 *     imports: [QueueModule.forRoot({ url }), await QueueWorkerModule.load(processors, { select })]
 *
 * Knows no database but the queue store, no HTTP and no job by name: what runs is what the registry
 * has and the selection picks, and each processor brings the modules that it lists itself.
 */
@Module({})
export class QueueWorkerModule {
  /**
   * Loads the selected processors, and only their code.
   *
   * @throws what {@link loadProcessors} and {@link withSandboxes} throw: each message says what to do.
   */
  static async load(
    registry: ProcessorRegistry,
    { sandbox, ...selection }: ProcessorSelection & SandboxEntry = {},
  ): Promise<DynamicModule> {
    const processors = await loadProcessors(registry, selection);
    return QueueWorkerModule.forProcessors(processors, { sandbox });
  }

  /** For processors that are at hand: tests, and applications without a registry. */
  static forProcessors(
    processors: readonly ProcessorClass[],
    { sandbox }: SandboxEntry = {},
  ): DynamicModule {
    const hosts = withSandboxes(processors, sandbox);
    BullModule.workerClass = QueueWorker;
    return {
      module: QueueWorkerModule,
      // Without a queue in it, it brings what finds the processors and makes their workers.
      imports: [BullModule.registerQueue(), ...hosts.map(processorModule)],
      providers: [
        { provide: PROCESSORS, useValue: hosts },
        JobCleaner,
        BlockedLoops,
        WorkersService,
      ],
      exports: [WorkersService],
    };
  }
}
