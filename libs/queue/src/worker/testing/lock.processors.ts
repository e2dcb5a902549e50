import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobContext } from '../../attempt/job-context';
import { JobHost } from '../../processor/job-host';
import { JobProcessor } from '../../processor/job-processor.decorator';
import { LOCK, lockJob } from './lock.contract';

/** Waits for the file that `LOCK_FILE` names. */
@JobProcessor(lockJob, LOCK)
export class LockProcessor extends JobHost<typeof lockJob> {
  async handle({ data }: JobContext<typeof lockJob>) {
    const file = process.env['LOCK_FILE'] ?? '';
    process.stdout.write('begins\n');
    if (data.waits === 'blocking') while (!existsSync(file));
    else while (!existsSync(file)) await sleep(20);
    return { by: 'the first' };
  }
}

/** The same in a child process. */
@JobProcessor(lockJob, { ...LOCK, isolation: 'process' })
export class IsolatedLockProcessor extends LockProcessor {}
