import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { NotificationsDataModule } from '@libs/data-access/notifications';
import { Readiness, stopOnSignal } from '@libs/health';
import { readSettings, reportToBench } from '../program-settings';
import { jobs } from './jobs';
import { NotificationsController } from './notifications.controller';
import { platform } from './platform';

/** In milliseconds; longer than the idle timeout of a usual load balancer. */
const KEEP_ALIVE = 65_000;

const STOP_LIMIT = 30_000;

@Module({})
class ApiModule {
  static with(processors: readonly DynamicModule[]): DynamicModule {
    return {
      module: ApiModule,
      imports: [...platform('api'), NotificationsDataModule, ...processors],
      controllers: [NotificationsController],
    };
  }
}

async function main(): Promise<void> {
  const processors = readSettings().place === 'worker' ? [] : [await jobs()];
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.with(processors), {
    logger: ['warn', 'error', 'fatal'],
    abortOnError: false,
    forceCloseConnections: true,
  });
  await app.listen(0, '127.0.0.1');
  app.getHttpServer().keepAliveTimeout = KEEP_ALIVE;
  const readiness = app.get(Readiness);
  stopOnSignal({
    readiness,
    limit: STOP_LIMIT,
    stop: async () => {
      await app.close();
      process.removeAllListeners('disconnect');
      process.disconnect();
    },
  });
  readiness.markReady();
  reportToBench({ url: await app.getUrl() });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
