import { DatabaseModule } from '@libs/data-access';
import { reportDayJob } from '@libs/jobs/report-day';
import { type JobContext, JobHost, JobProcessor } from '@libs/queue/consumer';
import { InjectEntityManager } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { dayCounts } from './day-counts';

/**
 * Counts the rows of one day. Days of one report are counted at the same time, here and in other workers.
 *
 * Uses a separate data source, so that long counts take no connection from other processors.
 */
@JobProcessor(reportDayJob, { concurrency: 2, imports: [DatabaseModule.named('reports', [])] })
export class ReportDayProcessor extends JobHost<typeof reportDayJob> {
  constructor(@InjectEntityManager('reports') private readonly counting: EntityManager) {
    super();
  }

  async handle({ data: { day } }: JobContext<typeof reportDayJob>) {
    return { day, ...(await dayCounts(this.counting, day)) };
  }
}
