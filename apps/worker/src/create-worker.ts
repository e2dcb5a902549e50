import type { INestApplicationContext, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ProcessLogger } from '@libs/config';
import type { Readiness } from '@libs/health';
import { logFields } from '@libs/queue';
import { type ProcessorRegistry, QueueWorkerModule } from '@libs/queue/consumer';
import type { WorkerConfig } from './config';
import { startTracing } from './start-tracing';
import { WorkerModule } from './worker.module';

/**
 * Loads the selected processors, and finally starts their workers.
 *
 * @param sandbox the sandbox file of isolated processors
 * @param readiness of this process; its `stopping` ends the waits of the start
 * @throws the user-facing errors of an invalid selection, the stores or the health port
 */
export async function createWorker(
  config: WorkerConfig,
  processors: ProcessorRegistry,
  sandbox: URL,
  readiness: Readiness,
): Promise<INestApplicationContext> {
  const tracing = await startTracing(config);
  const selected = await QueueWorkerModule.load(processors, {
    select: config.WORKER_PROCESSORS,
    selectedBy: 'WORKER_PROCESSORS',
    sandbox,
  });
  const metrics =
    config.METRICS_HTTP === 'off'
      ? undefined
      : (await import('@libs/queue/metrics')).createQueueMetrics();
  const options: Pick<NestApplicationOptions, 'abortOnError' | 'logger'> = {
    abortOnError: false,
    logger: new ProcessLogger('worker', config, logFields),
  };
  return NestFactory.createApplicationContext(
    WorkerModule.for(config, selected, readiness, metrics, tracing),
    options,
  );
}
