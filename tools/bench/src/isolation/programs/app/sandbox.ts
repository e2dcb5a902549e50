import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { QueueModule } from '@libs/queue';
import { runSandbox } from '@libs/queue/consumer';
import { readSettings } from '../program-settings';
import { settings } from './platform';
import { processors } from './processors';

/** A sandbox runs one job at a time, which needs one connection. */
const POOL_MAX = 1;

/** For processors that add jobs themselves; connects when one does. */
const queues = QueueModule.forRoot({
  url: readSettings().databaseUrl,
  applicationName: 'sandbox',
  lazy: true,
});

@Module({})
class SandboxModule {}

runSandbox({
  registry: processors,
  createContext: (processor) =>
    NestFactory.createApplicationContext(
      { module: SandboxModule, imports: [settings(POOL_MAX), queues, processor] },
      { logger: ['warn', 'error', 'fatal'], abortOnError: false },
    ),
});
