import type { INestApplicationContext, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ProcessLogger } from '@libs/config';
import type { Readiness } from '@libs/health';
import { logFields } from '@libs/queue';
import { QueueWorkerModule } from '@libs/queue/consumer';
import type { WorkerConfig } from './config';
import { loadPage } from './queue-page';
import { startTracing } from './start-tracing';
import { type WorkerDefinition, workerVariables } from './worker-definition';
import { WorkerModule } from './worker.module';

/**
 * Loads the selected processors, and finally starts their workers.
 *
 * @param sandbox the sandbox file of isolated processors
 * @param readiness of this process; its `stopping` ends the waits of the start
 * @throws the user-facing errors of an invalid selection, the stores or the health port
 */
export async function createWorker(
  { name, processors }: WorkerDefinition,
  config: WorkerConfig,
  sandbox: URL,
  readiness: Readiness,
): Promise<INestApplicationContext> {
  const tracing = await startTracing(name, config);
  const selected = await QueueWorkerModule.load(processors, {
    select: config.WORKER_PROCESSORS,
    selectedBy: workerVariables(name).processors,
    sandbox,
  });
  const metrics =
    config.METRICS_HTTP === 'off'
      ? undefined
      : (await import('@libs/queue/metrics')).createQueueMetrics();
  const options: Pick<NestApplicationOptions, 'abortOnError' | 'logger'> = {
    abortOnError: false,
    logger: new ProcessLogger(name, config, logFields),
  };
  const page = await loadPage(config);
  const module = WorkerModule.for(name, config, selected, readiness, { metrics, tracing, page });
  if (page === undefined) return NestFactory.createApplicationContext(module, options);
  const app = await NestFactory.create(module, page.adapter, { ...options, bodyParser: false });
  return app.init();
}
