import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { exitWithReason, loadConfig, PortUnavailableError } from '@libs/config';
import { Readiness, stopOnSignal } from '@libs/health';
import { shutdownLimit } from '@libs/queue';
import { apiConfig, type ApiConfig } from './config';
import { createApp } from './create-app';
import { closeHttp } from './http/close-http';

async function main(config: ApiConfig): Promise<void> {
  const app = await createApp(config);
  const readiness = app.get(Readiness);
  const listening = listen(app, config);
  stopOnSignal({
    readiness,
    delay: config.SHUTDOWN_DELAY,
    limit: shutdownLimit(config.SHUTDOWN_DEADLINE, { runsJobs: false }),
    stop: async () => {
      await listening;
      return closeHttp(app, config.SHUTDOWN_DEADLINE);
    },
  });
  await listening;
  readiness.markReady();
  new Logger('Api').log(`Ready on ${await app.getUrl()}, described at /docs.`);
}

async function listen(app: NestExpressApplication, { PORT, HOST }: ApiConfig): Promise<void> {
  try {
    await app.listen(PORT, HOST);
  } catch (error) {
    throw PortUnavailableError.from(error, { port: PORT, host: HOST, variable: 'PORT' });
  }
}

try {
  await main(loadConfig(apiConfig));
} catch (error) {
  exitWithReason(error);
}
