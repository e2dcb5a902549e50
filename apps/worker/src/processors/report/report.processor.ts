import { DatabaseModule } from '@libs/data-access';
import { ProcessedJobs, ProcessedJobsModule } from '@libs/data-access/processed-jobs';
import { Report, ReportsDataModule } from '@libs/data-access/reports';
import { reportJob } from '@libs/jobs/report';
import { type JobContext, JobHost, JobProcessor } from '@libs/queue/consumer';
import { InjectEntityManager, InjectRepository } from '@nestjs/typeorm';
import { EntityManager, Repository } from 'typeorm';
import { dailyCounts } from './daily-counts';
import { reportCsv } from './report-csv';
import { ReportMissingError } from './report-missing.error';

/**
 * Counts the rows stored per day and writes the CSV into the report. A second run writes nothing and
 * returns the result of the first, so that a downloaded report does not change.
 *
 * Uses a separate data source, so that long counts take no connection from other processors.
 */
@JobProcessor(reportJob, {
  imports: [ReportsDataModule, ProcessedJobsModule, DatabaseModule.named('reports')],
})
export class ReportProcessor extends JobHost<typeof reportJob> {
  constructor(
    @InjectRepository(Report) private readonly reports: Repository<Report>,
    private readonly processed: ProcessedJobs,
    @InjectEntityManager('reports') private readonly counting: EntityManager,
  ) {
    super();
  }

  async handle({ data: { reportId }, job, signal, progress }: JobContext<typeof reportJob>) {
    const report = await this.reports.findOneBy({ id: reportId });
    if (report === null) throw new ReportMissingError(reportId);

    const counts = await dailyCounts(this.counting, report);
    await progress(90);
    signal.throwIfAborted();
    const sum = (of: 'notifications' | 'images') => counts.reduce((all, day) => all + day[of], 0);
    const result = await this.processed.once(job, async (manager) => {
      const finished = { csv: reportCsv(counts), finishedAt: new Date() };
      await manager.update(Report, { id: reportId }, finished);
      return { days: counts.length, notifications: sum('notifications'), images: sum('images') };
    });
    await progress(100);
    return result;
  }
}
