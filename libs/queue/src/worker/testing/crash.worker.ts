import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { QueueModule } from '../../module/queue.module';
import { QueueWorkerModule } from '../../module/queue-worker.module';
import { startTracing } from '../../tracing/start-tracing';
import { CrashProcessor, SteadyProcessor } from './crash.processors';

/* A worker whose jobs end its process. Argument: the store's URL. */

const [url = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const module = class CrashModule extends Object {};
  const { telemetry, observers, module: tracing } = startTracing('crash worker');
  const imports = [
    QueueModule.forRoot({ url, applicationName: 'crash worker', telemetry, observers }),
    QueueWorkerModule.forProcessors([CrashProcessor, SteadyProcessor]),
    tracing,
  ];
  const app = await NestFactory.createApplicationContext({ module, imports });
  process.once('SIGTERM', () => void app.close());
}

void main();
