import { NonRetryableError } from '@libs/queue/consumer';

/**
 * The job of a report was added without the days of its report as children: by hand, or by an api of an earlier version,
 * whose reports were one job.
 *
 * To do: request the report again, and remove the dead job.
 *
 * @group Failed attempts
 */
export class ReportIncompleteError extends NonRetryableError {
  override readonly code = 'REPORT_INCOMPLETE';

  constructor(
    readonly reportId: string,
    /** The number of days that were counted. */
    readonly counted: number,
    /** The number of days of the report. */
    readonly days: number,
  ) {
    super(
      `The job of report ${reportId} has ${counted} of its ${days} days. Add it with a child per day, as POST /reports does.`,
    );
  }
}
