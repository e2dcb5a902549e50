import {
  type DynamicModule,
  Inject,
  Module,
  Optional,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ConnectionPools } from '@libs/health';
import { QueueLoads } from '../admin/queue-loads';
import { SharedQueueStatus } from '../admin/shared-queue-status';
import { ApplicationOutbox } from '../outbox/application-outbox';
import { JobConsumers } from '../queues/job-consumers';
import { Queues } from '../queues/queues';
import { QueueMetrics } from './queue-metrics';

/**
 * Fills the metrics of a process from its queues. The root module imports it next to `QueueModule`, whose `observers`
 * are those of the same metrics:
 *
 *     const metrics = new QueueMetrics();
 *     imports: [QueueModule.forRoot({ url, observers: metrics.observers }), QueueMetricsModule.for(metrics)]
 */
@Module({})
export class QueueMetricsModule implements OnApplicationBootstrap, OnApplicationShutdown {
  static for(metrics: QueueMetrics): DynamicModule {
    return {
      module: QueueMetricsModule,
      providers: [{ provide: QueueMetrics, useValue: metrics }],
    };
  }

  constructor(
    private readonly metrics: QueueMetrics,
    private readonly status: SharedQueueStatus,
    private readonly loads: QueueLoads,
    private readonly queues: Queues,
    private readonly consumers: JobConsumers,
    @Inject(ApplicationOutbox) private readonly outbox: ApplicationOutbox,
    @Optional() private readonly pools?: ConnectionPools,
  ) {}

  onApplicationBootstrap(): void {
    const { status, loads, outbox, pools } = this;
    this.metrics.start({ status, loads, outbox, pools, queues: () => this.names() });
  }

  /** Those that this process adds jobs to, and those of the jobs that it runs. */
  private names(): string[] {
    for (const { jobs } of this.consumers.all()) {
      for (const job of jobs) this.queues.open(job);
    }
    return this.queues.names();
  }

  onApplicationShutdown(): void {
    this.metrics.stop();
  }
}
