import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadConfig, ProcessLogger } from '@libs/config';
import { logFields } from '@libs/queue';
import { workerConfig } from './config';
import { SandboxModule } from './sandbox.module';

/**
 * Creates the application of one child: an isolated processor and its possible dependencies.
 *
 * @throws the error of the database, or of a missing dependency
 */
export function createSandbox(
  processor: DynamicModule,
  name: string,
): Promise<INestApplicationContext> {
  const config = loadConfig(workerConfig);
  return NestFactory.createApplicationContext(SandboxModule.for(config, processor, name), {
    abortOnError: false,
    logger: new ProcessLogger(`worker/${name}`, config, logFields),
  });
}
