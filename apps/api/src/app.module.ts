import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { connectionBudgetOf, databaseOf, queueStoreOf } from '@libs/config';
import { HealthModule, type Readiness } from '@libs/health';
import { QueueModule } from '@libs/queue';
import type { MeasuredQueues } from '@libs/queue/metrics';
import type { Tracing } from '@libs/queue/tracing';
import type { ApiConfig } from './config';
import { DeadJobsModule } from './dead-jobs/dead-jobs.module';
import { hints } from './hints';
import { ImagesModule } from './images/images.module';
import { JobsModule } from './jobs/jobs.module';
import { METRICS, MetricsPort } from './metrics-port';
import { NotificationsModule } from './notifications/notifications.module';
import { QueuesModule } from './queues/queues.module';
import { rateLimitModules } from './rate-limit/rate-limit.modules';
import { ReportsModule } from './reports/reports.module';
import { SchedulesModule } from './schedules/schedules.module';
import { SettingsModule } from './settings.module';

/** Parts whose code is loaded only if they are turned on. */
interface OptionalParts {
  readonly metrics?: MeasuredQueues | undefined;
  readonly tracing?: Tracing | undefined;
  /** The page of queues. */
  readonly page?: readonly (DynamicModule | Type)[];
}

@Module({})
export class AppModule {
  static for(
    config: ApiConfig,
    readiness: Readiness,
    { metrics, tracing, page = [] }: OptionalParts = {},
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.for(config),
        HealthModule.with(readiness, { ...connectionBudgetOf(config), hint: hints.connections }),
        QueueModule.forRoot({
          ...queueStoreOf(config),
          outbox: databaseOf(config),
          applicationName: 'api',
          poolMax: config.QUEUE_POOL_MAX,
          replicas: config.QUEUE_REPLICAS,
          connectTimeout: config.CONNECT_TIMEOUT,
          shutdownDeadline: config.SHUTDOWN_DEADLINE,
          migrateHint: hints.migrate,
          startHint: hints.start,
          observers: [metrics, tracing].flatMap((each) => each?.observers ?? []),
          telemetry: tracing?.telemetry,
        }),
        ...rateLimitModules(config),
        NotificationsModule,
        ImagesModule,
        ReportsModule,
        JobsModule,
        DeadJobsModule,
        ...page,
        QueuesModule,
        SchedulesModule,
        ...[metrics, tracing].flatMap((each) => each?.module ?? []),
      ],
      providers: [MetricsPort, { provide: METRICS, useValue: metrics }],
    };
  }
}
