import type { DynamicModule } from '@nestjs/common';
import type { QueueModuleOptions } from '@libs/queue';
import { createQueueMetrics } from '@libs/queue/metrics';
import { startTracing } from '@libs/queue/tracing';

/** What observes the jobs of a program: as api and worker set it up. */
export interface Observation {
  readonly options: Pick<QueueModuleOptions, 'observers' | 'telemetry'>;
  readonly modules: readonly DynamicModule[];
}

/** @param kinds of observation, such as `metrics,traces`; traces go to OTEL_EXPORTER_OTLP_ENDPOINT */
export function observe(kinds: string): Observation {
  const asked = kinds.split(',');
  const metrics = asked.includes('metrics') ? createQueueMetrics() : undefined;
  // Before anything connects.
  const tracing = asked.includes('traces') ? startTracing('throughput') : undefined;
  const both = [metrics, tracing].filter((each) => each !== undefined);
  return {
    options: {
      observers: both.flatMap(({ observers }) => observers),
      ...(tracing && { telemetry: tracing.telemetry }),
    },
    modules: both.map(({ module }) => module),
  };
}
