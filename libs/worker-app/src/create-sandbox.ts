import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ProcessLogger } from '@libs/config';
import { logFields } from '@libs/queue';
import { loadWorkerConfig } from './config';
import { SandboxModule } from './sandbox.module';
import { startTracing } from './start-tracing';
import type { WorkerDefinition } from './worker-definition';

/**
 * Creates the application of one child: an isolated processor and its possible dependencies.
 *
 * @throws the error of the database, or of a missing dependency
 */
export async function createSandbox(
  worker: WorkerDefinition,
  processor: DynamicModule,
  name: string,
): Promise<INestApplicationContext> {
  const config = loadWorkerConfig(worker);
  const tracing = await startTracing(worker.name, config);
  const module = SandboxModule.for(`${worker.name} ${name}`, config, processor, tracing);
  return NestFactory.createApplicationContext(module, {
    abortOnError: false,
    logger: new ProcessLogger(`${worker.name}/${name}`, config, logFields),
  });
}
