import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { QueueModule } from '../../module/queue.module';
import { QueueWorkerModule } from '../../module/queue-worker.module';
import { JobHost } from '../../processor/job-host';
import { JobProcessor } from '../../processor/job-processor.decorator';
import { slotJob, SOON } from './key-limit.contract';

/* A worker whose jobs never end. Argument: the store's URL. */

const [url = ''] = process.argv.slice(2);

@JobProcessor(slotJob, { concurrency: 4, ...SOON })
class EndlessProcessor extends JobHost<typeof slotJob> {
  async handle() {
    process.stdout.write('begins\n');
    await new Promise(() => undefined);
  }
}

const module = class SlotModule extends Object {};
const imports = [
  QueueModule.forRoot({ url, applicationName: 'slot worker' }),
  QueueWorkerModule.forProcessors([EndlessProcessor]),
];
void NestFactory.createApplicationContext({ module, imports }, { logger: ['error'] });
