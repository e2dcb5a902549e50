import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadConfig, ProcessLogger } from '@libs/config';
import { logFields } from '@libs/queue';
import { workerConfig } from './config';
import { SandboxModule } from './sandbox.module';
import { startTracing } from './start-tracing';

/**
 * Creates the application of one child: an isolated processor and its possible dependencies.
 *
 * @throws the error of the database, or of a missing dependency
 */
export async function createSandbox(
  processor: DynamicModule,
  name: string,
): Promise<INestApplicationContext> {
  const config = loadConfig(workerConfig);
  const tracing = await startTracing(config);
  const module = SandboxModule.for(config, processor, name, tracing);
  return NestFactory.createApplicationContext(module, {
    abortOnError: false,
    logger: new ProcessLogger(`worker/${name}`, config, logFields),
  });
}
