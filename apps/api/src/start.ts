import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  correctTelemetryVariables,
  exitWithReason,
  loadConfig,
  PortUnavailableError,
  ProcessLogger,
} from '@libs/config';
import { isStoppedStart, Readiness, stopOnSignal, warnOfProcessLimits } from '@libs/health';
import { logFields, shutdownLimit } from '@libs/queue';
import { apiConfig, type ApiConfig } from './config';
import { createApp } from './create-app';
import { closeHttp } from './http/close-http';

async function run(): Promise<void> {
  const corrections = correctTelemetryVariables();
  const config = loadConfig(apiConfig);
  Logger.overrideLogger(new ProcessLogger('api', config, logFields));
  for (const correction of corrections) new Logger('Tracing').warn(correction);
  warnOfProcessLimits();
  const readiness = new Readiness();
  const starting = open(config, readiness);
  stopOnSignal({
    readiness,
    starting,
    delay: config.SHUTDOWN_DELAY,
    limit: shutdownLimit(config.SHUTDOWN_DEADLINE, { runsJobs: false }),
    stop: async () => closeHttp(await starting, config.SHUTDOWN_DEADLINE),
  });
  try {
    const app = await starting;
    readiness.markReady();
    if (readiness.state !== 'running') return;
    new Logger('Api').log(`Ready on ${await app.getUrl()}, described at /docs.`);
  } catch (error) {
    if (!isStoppedStart(error, readiness)) throw error;
  }
}

async function open(config: ApiConfig, readiness: Readiness): Promise<NestExpressApplication> {
  const app = await createApp(config, readiness);
  await listen(app, config);
  return app;
}

async function listen(app: NestExpressApplication, { PORT, HOST }: ApiConfig): Promise<void> {
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    throw PortUnavailableError.from(error, { port: PORT, host: HOST, variable: 'PORT' });
  }
}

/** Starts the api, and stops it on a signal. */
export async function start(): Promise<void> {
  try {
    await run();
  } catch (error) {
    exitWithReason(error, 'api');
  }
}
