import { NonRetryableError } from '@libs/queue/consumer';

/**
 * The report of the job is not in the database: it was deleted in the meantime.
 *
 * To do: remove the dead job, or request the report again.
 *
 * @group Failed attempts
 */
export class ReportMissingError extends NonRetryableError {
  override readonly code = 'REPORT_MISSING';

  constructor(readonly reportId: string) {
    super(`There is no report ${reportId}.`);
  }
}
