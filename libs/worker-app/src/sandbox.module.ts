import { Module, type DynamicModule } from '@nestjs/common';
import { databaseOf, queueStoreOf } from '@libs/config';
import { QueueModule } from '@libs/queue';
import type { Tracing } from '@libs/queue/tracing';
import type { WorkerConfig } from './config';
import { SettingsModule } from './settings.module';

/**
 * One isolated processor in a child of the worker, with the worker's settings.
 *
 * The parent has the workers and the health endpoints. The queues are for a processor that adds jobs
 * itself, and connect on first use. A child runs one job at a time, so its pools are small.
 */
@Module({})
export class SandboxModule {
  /** @param applicationName what `pg_stat_activity` shows for its connections */
  static for(
    applicationName: string,
    config: WorkerConfig,
    processor: DynamicModule,
    tracing?: Tracing,
  ): DynamicModule {
    const poolMax = config.SANDBOX_POOL_MAX;
    return {
      module: SandboxModule,
      imports: [
        SettingsModule.for(
          { ...config, DATABASE_POOL_MAX: poolMax, DATABASE_REPORTS_POOL_MAX: poolMax },
          applicationName,
        ),
        QueueModule.forRoot({
          ...queueStoreOf(config),
          outbox: databaseOf(config),
          applicationName,
          poolMax,
          replicas: config.QUEUE_REPLICAS,
          lazy: true,
          observers: tracing?.observers,
          telemetry: tracing?.telemetry,
        }),
        processor,
        ...(tracing === undefined ? [] : [tracing.module]),
      ],
    };
  }
}
