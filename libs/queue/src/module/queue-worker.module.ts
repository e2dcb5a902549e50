import { BullModule } from '@nestjs/bullmq';
import { Module, type DynamicModule } from '@nestjs/common';
import { type SandboxEntry, withSandboxes } from '../isolation/parent/with-sandboxes';
import { SandboxedHost } from '../isolation/parent/sandboxed-host';
import { QueueWorker } from '../bullmq/consume/queue-worker';
import { BlockedLoops } from '../worker/blocked-loops';
import { CrashRecovery } from '../worker/crash-recovery';
import { JobCleaner } from '../worker/job-cleaner';
import { PausedQueues } from '../worker/paused-queues';
import { ScheduleRunner } from '../schedules/schedule-runner';
import { getProcessorMetadata } from '../processor/processor-metadata';
import { processorModule } from '../processor/processor-module';
import type { ProcessorClass } from '../processor/processor-class';
import {
  loadProcessors,
  type ProcessorRegistry,
  type ProcessorSelection,
} from '../processor/processor-registry';
import { WorkerPresence } from '../worker/worker-presence';
import { PROCESSORS, WorkersService } from '../worker/workers.service';

/**
 * The part of a worker process that runs jobs. The root module imports it next to `QueueModule.forRoot`:
 *
 *     imports: [QueueModule.forRoot({ url }), await QueueWorkerModule.load(processors, { select })]
 *
 * Depends on no database but the queue store, on no HTTP, and on no job by name. The registry and the
 * selection decide what runs, and each processor imports its own modules.
 */
@Module({})
export class QueueWorkerModule {
  /**
   * Loads the selected processors, and only their code.
   *
   * @throws the errors of {@link loadProcessors} and {@link withSandboxes}.
   */
  static async load(
    registry: ProcessorRegistry,
    { sandbox, ...selection }: ProcessorSelection & SandboxEntry = {},
  ): Promise<DynamicModule> {
    const processors = await loadProcessors(registry, selection);
    return QueueWorkerModule.forProcessors(processors, { sandbox });
  }

  /**
   * How many sandboxes run at most, if all isolated processors are busy: each has connections of its own.
   *
   * @param module made by {@link load} or {@link forProcessors}
   */
  static maxSandboxes(module: DynamicModule): number {
    const hosts = module.providers?.flatMap((provider) =>
      'provide' in provider && provider.provide === PROCESSORS && 'useValue' in provider
        ? (provider.useValue as readonly ProcessorClass[])
        : [],
    );
    return (hosts ?? [])
      .filter(({ prototype }) => prototype instanceof SandboxedHost)
      .reduce((sum, host) => sum + (getProcessorMetadata(host)?.concurrency ?? 1), 0);
  }

  /** For processors already loaded: tests, and applications without a registry. */
  static forProcessors(
    processors: readonly ProcessorClass[],
    { sandbox }: SandboxEntry = {},
  ): DynamicModule {
    const hosts = withSandboxes(processors, sandbox);
    BullModule.workerClass = QueueWorker;
    return {
      module: QueueWorkerModule,
      // Without a queue, this only provides the discovery of processors and the creation of their workers.
      imports: [BullModule.registerQueue(), ...hosts.map(processorModule)],
      providers: [
        { provide: PROCESSORS, useValue: hosts },
        JobCleaner,
        PausedQueues,
        BlockedLoops,
        CrashRecovery,
        ScheduleRunner,
        WorkerPresence,
        WorkersService,
      ],
      exports: [WorkersService],
    };
  }
}
