import type { DynamicModule } from '@nestjs/common';
import type { QueueObserver } from '../observe/queue-observer';
import { QueueMetrics } from './queue-metrics';
import { QueueMetricsModule } from './queue-metrics.module';

/** What an application needs to measure its queues. */
export interface MeasuredQueues {
  /** Serves `/metrics`, and `/metrics/load/<queue>` for those who scale workers. */
  readonly handler: QueueMetrics['handler'];
  /** For `observers` of `QueueModule`. */
  readonly observers: readonly QueueObserver[];
  /** For the `imports` of the root module. */
  readonly module: DynamicModule;
}

/**
 * Measures the queues of a process:
 *
 *     const metrics = createQueueMetrics();
 *     imports: [QueueModule.forRoot({ url, observers: metrics.observers }), metrics.module]
 *     createServer(metrics.handler).listen(9464)
 */
export function createQueueMetrics(): MeasuredQueues {
  const metrics = new QueueMetrics();
  const { handler, observers } = metrics;
  return { handler, observers, module: QueueMetricsModule.for(metrics) };
}
