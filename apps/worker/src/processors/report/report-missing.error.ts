import { UnrecoverableError } from 'bullmq';

/** The report of the job is not in the database: it was deleted in the meantime. */
export class ReportMissingError extends UnrecoverableError {
  constructor(readonly reportId: string) {
    super(`There is no report ${reportId}.`);
    this.name = new.target.name;
  }
}
