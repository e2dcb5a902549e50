import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { pathToFileURL } from 'node:url';
import { QueueWorkerModule } from '../../module/queue-worker.module';
import { QueueModule } from '../../module/queue.module';
import { probes } from './probe.processors';

/*
 * A worker with one of the probes, in a process that can be killed. Arguments: the store's URL, the sandbox
 * file, the probe.
 */

const [url = '', entry = '', probe = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const sandbox = pathToFileURL(entry);
  const worker = await QueueWorkerModule.load(probes, { select: [probe], sandbox });
  const queues = QueueModule.forRoot({ url, applicationName: 'probe worker' });
  const module = class WorkerModule extends Object {};
  const app = await NestFactory.createApplicationContext(
    { module, imports: [queues, worker] },
    { logger: ['error', 'warn'] },
  );
  process.once('SIGINT', () => void app.close());
}

void main();
