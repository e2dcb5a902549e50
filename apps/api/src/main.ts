import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { exitWithReason, loadConfig, PortUnavailableError } from '@libs/config';
import { Readiness, stopOnSignal } from '@libs/health';
import { apiConfig, type ApiConfig } from './config';
import { createApp } from './create-app';
import { closeHttp } from './http/close-http';

/** How long closing the stores may take, in milliseconds, after the requests have ended. */
const CLOSING = 5_000;

async function main(config: ApiConfig): Promise<void> {
  const app = await createApp(config);
  const readiness = app.get(Readiness);
  try {
    await app.listen(config.PORT, config.HOST);
  } catch (error) {
    throw PortUnavailableError.from(error, {
      port: config.PORT,
      host: config.HOST,
      variable: 'PORT',
    });
  }
  stopOnSignal({
    readiness,
    delay: config.SHUTDOWN_DELAY,
    limit: config.SHUTDOWN_DEADLINE + CLOSING,
    stop: () => closeHttp(app, config.SHUTDOWN_DEADLINE),
  });
  readiness.markReady();
  new Logger('Api').log(`Ready on ${await app.getUrl()}, described at /docs.`);
}

try {
  await main(loadConfig(apiConfig));
} catch (error) {
  exitWithReason(error);
}
