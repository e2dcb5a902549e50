import { JobHost, JobProcessor } from '@libs/queue/consumer';
import { quickJob } from '../measured-jobs';
import { isolation } from './isolation';
import { JobsDatabaseModule } from './jobs-database.module';

/** Imports the database, as most processors do, so that its sandbox is as large as theirs. */
@JobProcessor(quickJob, { ...isolation(), imports: [JobsDatabaseModule] })
export class QuickProcessor extends JobHost<typeof quickJob> {
  handle() {
    // Everything else is measured.
  }
}
