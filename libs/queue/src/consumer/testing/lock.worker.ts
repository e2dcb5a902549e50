import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { OnWorkerEvent } from '@nestjs/bullmq';
import { NestFactory } from '@nestjs/core';
import { QueueModule } from '../../module/queue.module';
import type { JobContext } from '../job-context';
import { JobHost } from '../job-host';
import { JobProcessor } from '../job-processor.decorator';
import { QueueWorkerModule } from '../queue-worker.module';
import { LOCK, lockJob } from './lock.contract';

/* A worker in a process of its own, whose event loop a job may block: the store, and the file to wait for. */

const [url = '', file = ''] = process.argv.slice(2);

const say = (line: string) => process.stdout.write(`${line}\n`);

@JobProcessor(lockJob, LOCK)
class LockProcessor extends JobHost<typeof lockJob> {
  async handle({ data }: JobContext<typeof lockJob>) {
    say('begins');
    if (data.waits === 'blocking') while (!existsSync(file));
    else while (!existsSync(file)) await sleep(20);
    return { by: 'the first' };
  }

  @OnWorkerEvent('locksRenewed')
  onLocksRenewed() {
    say('renewed');
  }
}

async function main(): Promise<void> {
  const module = class LockModule extends Object {};
  const imports = [
    QueueModule.forRoot({ url, applicationName: 'lock worker', blockedLoopThreshold: 'off' }),
    QueueWorkerModule.forProcessors([LockProcessor]),
  ];
  const app = await NestFactory.createApplicationContext(
    { module, imports },
    { logger: ['error'] },
  );
  process.once('SIGTERM', () => void app.close());
}

void main();
