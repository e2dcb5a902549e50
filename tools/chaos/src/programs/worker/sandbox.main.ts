import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { runSandbox } from '@libs/queue/consumer';

/* The sandboxes of the workers, with --isolation. */

@Module({})
class SandboxModule {}

runSandbox({
  registry: { chaos: () => import('./chaos.processor') },
  createContext: (processor) =>
    NestFactory.createApplicationContext(
      { module: SandboxModule, imports: [processor] },
      { abortOnError: false, logger: ['warn', 'error', 'fatal'] },
    ),
});
