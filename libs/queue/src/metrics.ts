export { createQueueMetrics, type MeasuredQueues } from './metrics/create-queue-metrics';
export { QueueMetrics } from './metrics/queue-metrics';
export { QueueMetricsModule } from './metrics/queue-metrics.module';
