import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { contractsOf } from '../contract/job-children';
import type { JobContract } from '../contract/job-contract';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import { acceptQueueStores } from '../store/backend-dispatcher';
import { openQueueStore } from '../store/open-queue-store';
import { QueueStore } from '../store/queue-store';
import { createProducer, PRODUCER_PARTS, type ProducerParts } from './create-producer';
import { type OpenStore, QueueCoreModule, type QueueModuleAsyncOptions } from './queue-core.module';
import { QUEUE_MODULE_OPTIONS, type QueueModuleOptions } from '../options/queue-module-options';
import { QueueShutdown } from './queue-shutdown';
import { Queues } from '../queues/queues';

/**
 * Connects an application to its queues. The root module imports `forRoot` once. A module that adds jobs
 * imports `forFeature` with their contracts, and injects a producer for each with `@InjectJob`.
 *
 * Startup fails unless the store answers and has its tables.
 */
@Module({})
export class QueueModule {
  static forRoot(options: QueueModuleOptions): DynamicModule {
    return QueueModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync(options: QueueModuleAsyncOptions): DynamicModule {
    return QueueModule.assemble(options, openQueueStore);
  }

  /** @param open makes the store of the application */
  protected static assemble(options: QueueModuleAsyncOptions, open: OpenStore): DynamicModule {
    acceptQueueStores();
    return {
      module: QueueModule,
      imports: [
        QueueCoreModule.create(options, open),
        BullModule.forRootAsync({
          inject: [QueueStore, QUEUE_MODULE_OPTIONS],
          useFactory: (store: QueueStore, { telemetry }: QueueModuleOptions) => ({
            connection: store,
            telemetry,
          }),
          // `WorkersService` starts the workers, after all modules are initialised.
          extraOptions: { manualRegistration: true },
        }),
      ],
      providers: [QueueShutdown],
    };
  }

  /**
   * Provides producers for these jobs. Their queues, and those of their children, are also available to `@InjectQueue`
   * of @nestjs/bullmq.
   */
  static forFeature(...jobs: readonly JobContract[]): DynamicModule {
    const providers = jobs.flatMap(providersOf);
    return { module: QueueFeatureModule, providers, exports: providers };
  }
}

/** Separate from {@link QueueModule}, so that a feature does not close the application's queues. */
@Module({})
class QueueFeatureModule {}

function providersOf(job: JobContract): Provider[] {
  return [
    ...contractsOf(job).map((contract) => ({
      provide: getQueueToken(contract.name),
      inject: [Queues],
      useFactory: (queues: Queues) => queues.open(contract),
    })),
    {
      provide: getJobProducerToken(job),
      inject: [...PRODUCER_PARTS],
      useFactory: (...parts: ProducerParts) => createProducer(job, ...parts),
    },
  ];
}
