import 'reflect-metadata';
import { BullModule } from '@nestjs/bullmq';
import { NestFactory } from '@nestjs/core';
import { pathToFileURL } from 'node:url';
import { QueueWorker } from '../../bullmq/consume/queue-worker';
import { QueueModule } from '../../module/queue.module';
import { QueueWorkerModule } from '../../module/queue-worker.module';
import { IsolatedLockProcessor, LockProcessor } from './lock.processors';

/*
 * A worker in a separate process, whose event loop a job may block. Arguments: the store's URL, and the
 * sandbox file if the processor is isolated.
 */

const [url = '', entry] = process.argv.slice(2);

class TellingWorker extends QueueWorker {
  override async extendJobLocks(...locks: Parameters<QueueWorker['extendJobLocks']>) {
    const lost = await super.extendJobLocks(...locks);
    if (lost.length === 0) process.stdout.write('renewed\n');
    return lost;
  }
}

async function main(): Promise<void> {
  const module = class LockModule extends Object {};
  const processor = entry === undefined ? LockProcessor : IsolatedLockProcessor;
  const sandbox = entry === undefined ? undefined : pathToFileURL(entry);
  const imports = [
    QueueModule.forRoot({ url, applicationName: 'lock worker', blockedLoopThreshold: 'off' }),
    QueueWorkerModule.forProcessors([processor], { sandbox }),
  ];
  // The module has just set its own.
  BullModule.workerClass = TellingWorker;
  const app = await NestFactory.createApplicationContext(
    { module, imports },
    { logger: ['error'] },
  );
  process.once('SIGTERM', () => void app.close());
}

void main();
