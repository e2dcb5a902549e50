import { setTimeout as sleep } from 'node:timers/promises';
import { type JobContext, JobHost, JobProcessor, NonRetryableError } from '@libs/queue/consumer';
import { PLANNED_DEATH } from '../chaos.job';
import { readSettings } from '../child-settings';
import { flowJob, partJob } from '../flow.job';
import { WorkLedger } from './work-ledger';

const { lockDuration } = readSettings();
const options = {
  concurrency: 5,
  lockDuration,
  stalledInterval: lockDuration / 2,
  providers: [WorkLedger],
};

@JobProcessor(partJob, options)
export class PartProcessor extends JobHost<typeof partJob> {
  constructor(private readonly ledger: WorkLedger) {
    super();
  }

  async handle({ data, signal }: JobContext<typeof partJob>) {
    await this.ledger.countRun(data.id);
    await sleep(data.work, undefined, { signal });
    if (data.dies && (await this.ledger.diesNow(data.id)))
      throw new NonRetryableError(PLANNED_DEATH);
    await this.ledger.applyOnce(data.id);
    return { id: data.id };
  }
}

@JobProcessor(flowJob, options)
export class FlowProcessor extends JobHost<typeof flowJob> {
  constructor(private readonly ledger: WorkLedger) {
    super();
  }

  async handle({ data, children: { needed, welcome } }: JobContext<typeof flowJob>) {
    await this.ledger.countRun(data.id);
    if (needed.length !== data.needed || welcome.length !== data.welcome) {
      throw new NonRetryableError(
        `It has ${needed.length} and ${welcome.length} of its ${data.needed} and ${data.welcome} children.`,
      );
    }
    await this.ledger.applyOnce(data.id);
  }
}
