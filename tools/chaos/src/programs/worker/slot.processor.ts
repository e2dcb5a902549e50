import { setTimeout as sleep } from 'node:timers/promises';
import { type JobContext, JobHost, JobProcessor, NonRetryableError } from '@libs/queue/consumer';
import { readSettings } from '../child-settings';
import { slotJob } from '../slot.job';
import { WorkLedger } from './work-ledger';

/** In milliseconds: longer than it takes until a slot that was not given back is found. */
const MEET_LIMIT = 30_000;

const { lockDuration } = readSettings();

@JobProcessor(slotJob, {
  concurrency: 5,
  lockDuration,
  stalledInterval: lockDuration / 2,
  providers: [WorkLedger],
})
export class SlotProcessor extends JobHost<typeof slotJob> {
  constructor(private readonly ledger: WorkLedger) {
    super();
  }

  async handle({ data, attempt, signal }: JobContext<typeof slotJob>) {
    await this.ledger.countRun(data.id);
    const slot = await this.ledger.takeSlot(data.id, data.tenant);
    await sleep(data.work, undefined, { signal });
    if (data.meets !== undefined) await this.meet(data.meets, signal);
    if (!data.failFirst || attempt > 1) await this.ledger.applyOnce(data.id);
    await this.ledger.leaveSlot(slot);
    if (data.failFirst && attempt === 1) throw new Error('The first attempt fails, as planned.');
  }

  private async meet(other: string, signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + MEET_LIMIT;
    while (!(await this.ledger.hasRun(other))) {
      if (Date.now() > deadline) throw new NonRetryableError(`${other} got no slot of the tenant.`);
      await sleep(50, undefined, { signal });
    }
  }
}
