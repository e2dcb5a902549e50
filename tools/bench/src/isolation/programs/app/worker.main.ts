import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Readiness, stopOnSignal } from '@libs/health';
import { reportToBench } from '../program-settings';
import { jobs } from './jobs';
import { platform } from './platform';

/** In milliseconds. */
const STOP_LIMIT = 30_000;

@Module({})
class WorkerModule {
  static with(processors: DynamicModule): DynamicModule {
    return { module: WorkerModule, imports: [...platform('worker'), processors] };
  }
}

async function main(): Promise<void> {
  const worker = await NestFactory.createApplicationContext(WorkerModule.with(await jobs()), {
    logger: ['warn', 'error', 'fatal'],
    abortOnError: false,
  });
  const readiness = worker.get(Readiness);
  stopOnSignal({
    readiness,
    limit: STOP_LIMIT,
    stop: async () => {
      await worker.close();
      process.removeAllListeners('disconnect');
      process.disconnect();
    },
  });
  readiness.markReady();
  reportToBench({});
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
