import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ProcessLogger } from '@libs/config';
import { healthHandler, Readiness } from '@libs/health';
import { logFields } from '@libs/queue';
import helmet from 'helmet';
import { AppModule } from './app.module';
import type { ApiConfig } from './config';
import { queuePageModules } from './queues/queue-page';
import { queueProblem } from './queues/queue.problem';
import { deadJobProblem } from './dead-jobs/dead-job.problem';
import { serveDocs } from './docs/serve-docs';
import { serveIndex } from './docs/serve-index';
import { jobDataProblem } from './enqueue/job-data.problem';
import { trackRequests } from './http/close-http';
import { limitConnections } from './http/limit-connections';
import { ProblemFilter } from './http/problem.filter';
import { idempotencyProblem } from './idempotency/idempotency.problem';
import { sharesPort } from './metrics-port';
import { scheduleProblem } from './schedules/schedule.problem';
import { startTracing } from './start-tracing';
import { unreachableStoreProblem } from './unreachable-store.problem';

/** Map the errors of this api's features to problems. */
const PROBLEMS = [
  jobDataProblem,
  unreachableStoreProblem,
  idempotencyProblem,
  queueProblem,
  deadJobProblem,
  scheduleProblem,
];

/** The largest JSON body, in bytes. Larger content is uploaded as a file. */
const JSON_LIMIT = 512 * 1_024;

/**
 * Builds the api, connected to its stores, but not listening yet.
 *
 * @param readiness of this process; its `stopping` ends the waits of the start
 * @throws the errors of its stores, each user-facing
 */
export async function createApp(
  config: ApiConfig,
  readiness = new Readiness(),
): Promise<NestExpressApplication> {
  const options: Pick<NestApplicationOptions, 'abortOnError' | 'bodyParser' | 'logger'> = {
    abortOnError: false,
    bodyParser: false,
    logger: new ProcessLogger('api', config, logFields),
  };
  const tracing = await startTracing(config);
  const metrics =
    config.METRICS_HTTP === 'off'
      ? undefined
      : (await import('@libs/queue/metrics')).createQueueMetrics();
  const page = await queuePageModules(config);
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.for(config, readiness, { metrics, tracing, page }),
    options,
  );
  limitConnections(app, config);
  trackRequests(app);
  app.use(healthHandler(readiness));
  if (metrics !== undefined && sharesPort(config)) app.use(metrics.handler);
  if (tracing !== undefined) app.use(tracing.requests);
  app.use(
    helmet({
      contentSecurityPolicy: {
        // Would make browsers request the files of /docs by HTTPS, which the api does not serve.
        directives: { upgradeInsecureRequests: null },
      },
    }),
  );
  app.useBodyParser('json', { limit: JSON_LIMIT });
  app.useGlobalFilters(new ProblemFilter(PROBLEMS));
  if (config.DOCS === 'on') {
    serveDocs(app);
    serveIndex(app);
  }
  return app;
}
