import { setTimeout as sleep } from 'node:timers/promises';
import { type JobContext, JobHost, JobProcessor, NonRetryableError } from '@libs/queue/consumer';
import { chaosJob, PLANNED_DEATH } from '../chaos.job';
import { readSettings } from '../child-settings';
import { WorkLedger } from './work-ledger';

const { isolation, lockDuration } = readSettings();

@JobProcessor(chaosJob, {
  // A sandbox for each: the machine should be busy with jobs, not with starting sandboxes.
  concurrency: isolation === 'none' ? 10 : 2,
  ...(isolation === 'none' ? {} : { isolation }),
  lockDuration,
  stalledInterval: lockDuration / 2,
  providers: [WorkLedger],
})
export class ChaosProcessor extends JobHost<typeof chaosJob> {
  constructor(private readonly ledger: WorkLedger) {
    super();
  }

  async handle({ data, attempt, signal }: JobContext<typeof chaosJob>) {
    await this.ledger.countRun(data.id);
    await sleep(data.work, undefined, { signal });
    if (data.failFirst && attempt === 1) throw new Error('The first attempt fails, as planned.');
    if (data.dies && (await this.ledger.diesNow(data.id)))
      throw new NonRetryableError(PLANNED_DEATH);
    return { applied: await this.ledger.applyOnce(data.id) };
  }
}
