import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { runSandbox } from '@libs/queue/consumer';
import { settings } from './platform';
import { processors } from './processors';

/** A child runs one job at a time, so one connection is all that it uses. */
const POOL_MAX = 1;

@Module({})
class SandboxModule {}

runSandbox({
  registry: processors,
  createContext: (processor) =>
    NestFactory.createApplicationContext(
      { module: SandboxModule, imports: [settings(POOL_MAX), processor] },
      { logger: ['warn', 'error', 'fatal'], abortOnError: false },
    ),
});
