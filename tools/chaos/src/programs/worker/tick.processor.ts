import { type JobContext, JobHost, JobProcessor } from '@libs/queue/consumer';
import { readSettings } from '../child-settings';
import { tickJob } from '../tick.job';
import { WorkLedger } from './work-ledger';

const { lockDuration } = readSettings();

@JobProcessor(tickJob, {
  lockDuration,
  stalledInterval: lockDuration / 2,
  providers: [WorkLedger],
})
export class TickProcessor extends JobHost<typeof tickJob> {
  constructor(private readonly ledger: WorkLedger) {
    super();
  }

  async handle({ schedule, job }: JobContext<typeof tickJob>) {
    if (schedule === undefined) throw new Error('The job was not added by its schedule.');
    await this.ledger.countTick(schedule.at, new Date(job.timestamp));
  }
}
