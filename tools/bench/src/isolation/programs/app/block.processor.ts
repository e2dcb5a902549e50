import { type JobContext, JobHost, JobProcessor } from '@libs/queue/consumer';
import { hashRounds } from '../hash-rounds';
import { blockJob } from '../measured-jobs';
import { readSettings } from '../program-settings';
import { isolation } from './isolation';

@JobProcessor(blockJob, { ...isolation(), concurrency: readSettings().parallel })
export class BlockProcessor extends JobHost<typeof blockJob> {
  handle({ data }: JobContext<typeof blockJob>) {
    hashRounds(data.rounds);
  }
}
