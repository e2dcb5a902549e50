import 'reflect-metadata';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthModule, Readiness, stopOnSignal } from '@libs/health';
import { QueueModule, shutdownLimit } from '@libs/queue';
import { QueueWorkerModule } from '@libs/queue/consumer';
import { applicationName, CONNECT_TIMEOUT, readSettings, report } from '../child-settings';
import { ChaosProcessor } from './chaos.processor';
import { CommittingProcessor } from './committing.processor';
import { FlowProcessor, PartProcessor } from './flow.processors';
import { SlotProcessor } from './slot.processor';
import { TickProcessor } from './tick.processor';

/** In milliseconds: how long jobs may run after SIGTERM. */
const DEADLINE = 5_000;

/** Compiled beside this file. */
const SANDBOX = pathToFileURL(join(__dirname, 'sandbox.main.js'));

const settings = readSettings();
const processor = settings.effects === 'commit' ? CommittingProcessor : ChaosProcessor;

@Module({
  imports: [
    HealthModule,
    QueueModule.forRoot({
      url: settings.queueUrl,
      ...(settings.outbox ? { outbox: { url: settings.databaseUrl } } : {}),
      applicationName: applicationName(settings),
      connectTimeout: CONNECT_TIMEOUT,
      replicas: settings.replicas,
      shutdownDeadline: DEADLINE,
    }),
    QueueWorkerModule.forProcessors(
      [processor, TickProcessor, SlotProcessor, PartProcessor, FlowProcessor],
      { sandbox: SANDBOX },
    ),
  ],
})
class WorkerModule {}

async function main(): Promise<void> {
  // The controller has ended.
  process.on('disconnect', () => process.exit(1));
  const worker = await NestFactory.createApplicationContext(WorkerModule, {
    logger: ['warn', 'error', 'fatal'],
    abortOnError: false,
  });
  const readiness = worker.get(Readiness);
  stopOnSignal({
    readiness,
    limit: shutdownLimit(DEADLINE, { runsJobs: true }),
    stop: async () => {
      await worker.close();
      process.removeAllListeners('disconnect');
      process.disconnect();
    },
  });
  readiness.markReady();
  report({ ready: true });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
