import { Inject } from '@nestjs/common';
import { type JobContext, JobHost, JobProcessor } from '@libs/queue/consumer';
import { DataSource } from 'typeorm';
import { holdJob } from '../measured-jobs';
import { readSettings } from '../program-settings';
import { isolation } from './isolation';
import { JOBS_DATA_SOURCE, JobsDatabaseModule } from './jobs-database.module';

@JobProcessor(holdJob, {
  ...isolation(),
  concurrency: readSettings().pool,
  imports: [JobsDatabaseModule],
})
export class HoldProcessor extends JobHost<typeof holdJob> {
  constructor(@Inject(JOBS_DATA_SOURCE) private readonly database: DataSource) {
    super();
  }

  async handle({ data }: JobContext<typeof holdJob>) {
    await this.database.query('select pg_sleep($1)', [data.ms / 1_000]);
  }
}
