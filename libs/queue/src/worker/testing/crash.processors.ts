import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobContext } from '../../attempt/job-context';
import { JobHost } from '../../processor/job-host';
import { JobProcessor } from '../../processor/job-processor.decorator';
import { CRASH_LOCK, crashJob, steadyJob } from './crash.contract';

/** Ends its process in the way that its job asks for. */
@JobProcessor(crashJob, { ...CRASH_LOCK, concurrency: 2 })
export class CrashProcessor extends JobHost<typeof crashJob> {
  private isAsked = false;

  constructor() {
    super();
    setInterval(() => {
      if (this.isAsked) throw new Error('broken outside');
    }, 10).unref();
  }

  async handle({ data, attempt, signal }: JobContext<typeof crashJob>) {
    if (attempt > data.attempts) return;
    switch (data.way) {
      case 'timer':
        setTimeout(() => {
          throw new Error('broken timer');
        }, 5);
        break;
      case 'rejection':
        void sleep(5).then(() => {
          throw new Error('broken rejection');
        });
        break;
      case 'stream':
        createReadStream('/nowhere/broken stream');
        break;
      case 'exit':
        setTimeout(() => process.exit(3), 5);
        break;
      case 'late':
        setTimeout(() => {
          throw new Error('broken late');
        }, 500);
        return;
      case 'outside':
        this.isAsked = true;
    }
    await once(signal, 'abort');
  }
}

@JobProcessor(steadyJob, { ...CRASH_LOCK, concurrency: 5 })
export class SteadyProcessor extends JobHost<typeof steadyJob> {
  async handle({ signal }: JobContext<typeof steadyJob>) {
    process.stdout.write('steady job begins\n');
    while (!existsSync(process.env['CRASH_FILE'] ?? '')) await sleep(20, undefined, { signal });
  }
}
