import { Module, type DynamicModule } from '@nestjs/common';
import { connectionBudgetOf, databaseOf, queueStoreOf } from '@libs/config';
import { HealthModule, type Readiness } from '@libs/health';
import { QueueModule } from '@libs/queue';
import { QueueWorkerModule } from '@libs/queue/consumer';
import type { MeasuredQueues } from '@libs/queue/metrics';
import type { PageWithoutFramework } from '@libs/queue/page';
import type { Tracing } from '@libs/queue/tracing';
import type { WorkerConfig } from './config';
import { HealthPort, METRICS, PAGE, WORKER_VARIABLES } from './health-port';
import { hints } from './hints';
import { sandboxConnections } from './sandbox-connections';
import { SettingsModule } from './settings.module';
import { workerVariables } from './worker-definition';

/** What a worker has only if its configuration asks for it. */
export interface WorkerExtras {
  readonly metrics?: MeasuredQueues | undefined;
  readonly tracing?: Tracing | undefined;
  readonly page?: PageWithoutFramework | undefined;
}

/**
 * A worker: queues, health, and the selected processors.
 *
 * Has no database or mail of its own. Each processor imports its dependencies, so a worker loads and
 * connects only what its selected processors need.
 */
@Module({})
export class WorkerModule {
  static for(
    name: string,
    config: WorkerConfig,
    processors: DynamicModule,
    readiness: Readiness,
    { metrics, tracing, page }: WorkerExtras = {},
  ): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        SettingsModule.for(config, name),
        HealthModule.with(readiness, {
          ...connectionBudgetOf(config),
          others: sandboxConnections(config, QueueWorkerModule.maxSandboxes(processors)),
          hint: hints.connections,
        }),
        QueueModule.forRoot({
          ...queueStoreOf(config),
          outbox: databaseOf(config),
          applicationName: name,
          poolMax: config.QUEUE_POOL_MAX,
          replicas: config.QUEUE_REPLICAS,
          connectTimeout: config.CONNECT_TIMEOUT,
          shutdownDeadline: config.SHUTDOWN_DEADLINE,
          blockedLoopThreshold: config.BLOCKED_LOOP_THRESHOLD,
          migrateHint: hints.migrate,
          startHint: hints.start,
          observers: [metrics, tracing].flatMap((each) => each?.observers ?? []),
          telemetry: tracing?.telemetry,
        }),
        processors,
        ...[metrics, tracing, page].flatMap((each) => each?.module ?? []),
      ],
      providers: [
        HealthPort,
        { provide: WORKER_VARIABLES, useValue: workerVariables(name) },
        { provide: METRICS, useValue: metrics },
        { provide: PAGE, useValue: page },
      ],
    };
  }
}
