import { Global, Inject, Module, Optional } from '@nestjs/common';
import type {
  DynamicModule,
  FactoryProvider,
  ModuleMetadata,
  OnApplicationBootstrap,
} from '@nestjs/common';
import { ConnectionPools, Readiness } from '@libs/health';
import { QueueAdmin } from '../admin/queue-admin';
import { QueueLoads } from '../admin/queue-loads';
import { QueueWorkers } from '../admin/queue-workers';
import { SharedQueueStatus } from '../admin/shared-queue-status';
import { cancelMarksOf } from '../cancel/cancel-marks-of';
import { JobCancellation } from '../cancel/job-cancellation';
import { JobCanceller } from '../cancel/job-canceller';
import { DeadJobs } from '../dead/dead-jobs';
import { Schedules } from '../schedules/schedules';
import { checkOptions } from '../limits/check-options';
import { InvalidOptionError } from '../limits/invalid-option.errors';
import { MODULE_OPTIONS } from '../limits/option-rules';
import { defaultObserver, QUEUE_OBSERVER } from '../observe/observers';
import type { AnyObserver } from '../observe/queue-observer';
import { ApplicationOutbox } from '../outbox/application-outbox';
import { JobEvents } from '../reader/job-events';
import { JobsReader } from '../reader/jobs-reader';
import { QueueErrors } from '../store/queue-errors';
import { QueueStore } from '../store/queue-store';
import { reachStore, untilReached } from '../store/reach-store';
import { JobConsumers } from '../queues/job-consumers';
import { QUEUE_MODULE_OPTIONS, type QueueModuleOptions } from '../options/queue-module-options';
import { Queues } from '../queues/queues';

export interface QueueModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  inject?: FactoryProvider['inject'];
  useFactory: (...dependencies: never[]) => QueueModuleOptions | Promise<QueueModuleOptions>;
}

/** Opens the store of an application, and connects on first use. */
export type OpenStore = (
  options: QueueModuleOptions,
  observer: AnyObserver,
) => QueueStore | Promise<QueueStore>;

/** An application need not have one. */
const READINESS = { token: Readiness, optional: true };

/** Shared by all queue modules of an application: the store, its queues and their readers. */
@Global()
@Module({})
export class QueueCoreModule implements OnApplicationBootstrap {
  constructor(
    private readonly store: QueueStore,
    @Inject(QUEUE_MODULE_OPTIONS) private readonly options: QueueModuleOptions,
    outbox: ApplicationOutbox,
    @Optional() private readonly readiness?: Readiness,
    @Optional() pools?: ConnectionPools,
  ) {
    for (const pool of [...store.pools, ...outbox.pools]) pools?.add(pool);
    readiness?.addCheck('queue', () => store.checkAdds());
  }

  /** The queues were opened after the store was reached. */
  async onApplicationBootstrap(): Promise<void> {
    const { lazy, connectTimeout: timeout } = this.options;
    if (lazy) return;
    const signal = this.readiness?.stopping;
    try {
      await untilReached(this.store.location, () => this.store.checkQueues(), { timeout, signal });
    } catch (error) {
      // Told to stop: the application closes in order.
      if (signal?.aborted && error === signal.reason) return;
      await this.store.close();
      throw error;
    }
  }

  static create(
    { imports, inject, useFactory }: QueueModuleAsyncOptions,
    open: OpenStore,
  ): DynamicModule {
    const services = [
      Schedules,
      QueueErrors,
      Queues,
      JobEvents,
      JobsReader,
      DeadJobs,
      QueueAdmin,
      QueueLoads,
      SharedQueueStatus,
      QueueWorkers,
      JobConsumers,
    ];
    return {
      module: QueueCoreModule,
      imports,
      providers: [
        {
          provide: QUEUE_MODULE_OPTIONS,
          inject,
          useFactory: async (...dependencies: never[]) =>
            checkOptions(
              MODULE_OPTIONS,
              await useFactory(...dependencies),
              (problem) => new InvalidOptionError('QueueModule', problem),
            ),
        },
        {
          provide: QUEUE_OBSERVER,
          inject: [QUEUE_MODULE_OPTIONS],
          useFactory: ({ observers }: QueueModuleOptions) => defaultObserver(observers),
        },
        {
          provide: QueueStore,
          inject: [QUEUE_MODULE_OPTIONS, QUEUE_OBSERVER, READINESS],
          useFactory: async (
            options: QueueModuleOptions,
            observer: AnyObserver,
            readiness?: Readiness,
          ) => {
            const store = await open(options, observer);
            const { lazy, connectTimeout: timeout } = options;
            return lazy ? store : reachStore(store, { timeout, signal: readiness?.stopping });
          },
        },
        {
          provide: ApplicationOutbox,
          inject: [QUEUE_MODULE_OPTIONS, QueueStore, Queues, QUEUE_OBSERVER, READINESS],
          useFactory: (
            options: QueueModuleOptions,
            store: QueueStore,
            queues: Queues,
            observer: AnyObserver,
            readiness?: Readiness,
          ) =>
            options.lazy
              ? ApplicationOutbox.lazily(options, store)
              : ApplicationOutbox.open(options, store, queues, observer, readiness?.stopping),
        },
        {
          provide: JobCanceller,
          inject: [QueueStore, ApplicationOutbox, QUEUE_OBSERVER],
          useFactory: (store: QueueStore, outbox: ApplicationOutbox, observer: AnyObserver) =>
            new JobCanceller(cancelMarksOf(store), outbox, observer),
        },
        {
          provide: JobCancellation,
          inject: [Queues, JobCanceller],
          useFactory: (queues: Queues, canceller: JobCanceller) =>
            new JobCancellation(queues, canceller),
        },
        ...services,
      ],
      exports: [
        QUEUE_MODULE_OPTIONS,
        QUEUE_OBSERVER,
        QueueStore,
        ApplicationOutbox,
        JobCanceller,
        JobCancellation,
        ...services,
      ],
    };
  }
}
