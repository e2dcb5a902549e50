import { ProcessedJobs, ProcessedJobsModule } from '@libs/data-access/processed-jobs';
import { Report, ReportsDataModule } from '@libs/data-access/reports';
import { reportDays, reportJob } from '@libs/jobs/report';
import { type JobContext, JobHost, JobProcessor } from '@libs/queue/consumer';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { reportCsv } from './report-csv';
import { ReportIncompleteError } from './report-incomplete.error';
import { ReportMissingError } from './report-missing.error';

/**
 * Runs when all days have been counted, and writes the CSV into the report. A second run writes nothing and returns the
 * result of the first, so that a downloaded report does not change.
 */
@JobProcessor(reportJob, { imports: [ReportsDataModule, ProcessedJobsModule] })
export class ReportProcessor extends JobHost<typeof reportJob> {
  constructor(
    @InjectRepository(Report) private readonly reports: Repository<Report>,
    private readonly processed: ProcessedJobs,
  ) {
    super();
  }

  async handle({ data: { reportId }, children, job, signal }: JobContext<typeof reportJob>) {
    const report = await this.reports.findOneBy({ id: reportId });
    if (report === null) throw new ReportMissingError(reportId);

    const counted = children.days.map(({ result }) => result);
    const { length } = reportDays(report);
    if (counted.length !== length) {
      throw new ReportIncompleteError(reportId, counted.length, length);
    }
    const sum = (of: 'notifications' | 'images') => counted.reduce((all, day) => all + day[of], 0);
    signal.throwIfAborted();
    return this.processed.once(job, async (manager) => {
      const finished = { csv: reportCsv(counted), finishedAt: new Date() };
      await manager.update(Report, { id: reportId }, finished);
      return { days: counted.length, notifications: sum('notifications'), images: sum('images') };
    });
  }
}
