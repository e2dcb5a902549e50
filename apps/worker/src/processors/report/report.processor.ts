import { DatabaseModule } from '@libs/data-access';
import { Report, ReportsDataModule } from '@libs/data-access/reports';
import { reportJob } from '@libs/jobs/report';
import { type JobContext, JobHost, JobProcessor } from '@libs/queue/consumer';
import { InjectEntityManager, InjectRepository } from '@nestjs/typeorm';
import { EntityManager, Repository } from 'typeorm';
import { dailyCounts } from './daily-counts';
import { reportCsv } from './report-csv';
import { ReportMissingError } from './report-missing.error';

/**
 * Counts what was stored a day and writes the CSV into the report. Run again, it counts again.
 *
 * It counts on a data source of its own, so that long counts take no connection from anybody else.
 */
@JobProcessor(reportJob, { imports: [ReportsDataModule, DatabaseModule.named('reports')] })
export class ReportProcessor extends JobHost<typeof reportJob> {
  constructor(
    @InjectRepository(Report) private readonly reports: Repository<Report>,
    @InjectEntityManager('reports') private readonly counting: EntityManager,
  ) {
    super();
  }

  async handle({ data: { reportId }, signal, progress }: JobContext<typeof reportJob>) {
    const report = await this.reports.findOneBy({ id: reportId });
    if (report === null) throw new ReportMissingError(reportId);

    const counts = await dailyCounts(this.counting, report);
    await progress(90);
    signal.throwIfAborted();
    const finished = { csv: reportCsv(counts), finishedAt: new Date() };
    await this.reports.update({ id: reportId }, finished);
    await progress(100);

    const sum = (of: 'notifications' | 'images') => counts.reduce((all, day) => all + day[of], 0);
    return { days: counts.length, notifications: sum('notifications'), images: sum('images') };
  }
}
