import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadConfig, ProcessLogger } from '@libs/config';
import { workerConfig } from './config';
import { SandboxModule } from './sandbox.module';

/**
 * The application of one child: an isolated processor, and what it may inject.
 *
 * @throws what the database fails with, or a dependency that is missing
 */
export function createSandbox(
  processor: DynamicModule,
  name: string,
): Promise<INestApplicationContext> {
  const config = loadConfig(workerConfig);
  return NestFactory.createApplicationContext(SandboxModule.for(config, processor, name), {
    abortOnError: false,
    logger: new ProcessLogger(`worker/${name}`, config),
  });
}
