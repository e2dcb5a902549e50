import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { QueueModule } from '../../module/queue.module';
import { QueueWorkerModule } from '../../module/queue-worker.module';
import { CrashProcessor, SteadyProcessor } from './crash.processors';

/* A worker whose jobs end its process. Argument: the store's URL. */

const [url = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const module = class CrashModule extends Object {};
  const imports = [
    QueueModule.forRoot({ url, applicationName: 'crash worker' }),
    QueueWorkerModule.forProcessors([CrashProcessor, SteadyProcessor]),
  ];
  const app = await NestFactory.createApplicationContext({ module, imports });
  process.once('SIGTERM', () => void app.close());
}

void main();
