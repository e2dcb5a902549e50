import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Report } from '@libs/data-access/reports';
import { reportDays, reportJob } from '@libs/jobs/report';
import { InjectJob, JobProducer, type JobReference, JobsReader } from '@libs/queue';
import { Repository } from 'typeorm';
import { ProblemException } from '../http/problem.exception';
import { RowsWithJobs } from '../enqueue/rows-with-jobs';
import type { CreateReport } from './reports.dto';

/** A report whose job has completed. */
export interface FinishedReport {
  from: string;
  to: string;
  csv: string;
}

@Injectable()
export class ReportsService {
  constructor(
    @InjectRepository(Report) private readonly reports: Repository<Report>,
    @InjectJob(reportJob) private readonly jobs: JobProducer<typeof reportJob>,
    private readonly rowsWithJobs: RowsWithJobs,
    private readonly reader: JobsReader,
  ) {}

  /**
   * Stores the requested report and adds its job, which waits for a child per day. The job has the id of the report.
   */
  request(period: CreateReport): Promise<JobReference> {
    const id = randomUUID();
    const days = reportDays(period).map((day) => ({ data: { day } }));
    return this.rowsWithJobs.insert(this.reports, { id, ...period }, (transaction) =>
      this.jobs.add({ reportId: id }, { jobId: id, children: { days }, ...transaction }),
    );
  }

  /** @throws ProblemException 404; it distinguishes an unknown report, an unfinished one and a failed one */
  async finished(id: string): Promise<FinishedReport> {
    const report = await this.reports.findOne({
      where: { id },
      select: { id: true, from: true, to: true, csv: true },
    });
    if (report === null) throw ProblemException.notFound(`There is no report ${id}.`);
    const { from, to, csv } = report;
    return csv === null ? this.explainMissing(id) : { from, to, csv };
  }

  private async explainMissing(id: string): Promise<never> {
    const job = await this.reader.get(reportJob.name, id);
    if (job?.state === 'failed' || job?.state === 'cancelled') {
      const reason = job.failure ?? 'no reason is known';
      throw ProblemException.notFound(`The report could not be created: ${reason}`);
    }
    throw ProblemException.notFound('The report is not ready yet.', 1);
  }
}
