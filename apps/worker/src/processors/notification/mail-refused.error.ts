import { NonRetryableError } from '@libs/queue/consumer';

/**
 * The mail server refused this mail permanently. It would refuse it again.
 *
 * To do: correct the recipient or the content that the message names, and add a new job.
 *
 * @group Failed attempts
 */
export class MailRefusedError extends NonRetryableError {
  override readonly code = 'MAIL_REFUSED';

  constructor(
    /** The SMTP status, 500 to 599. */
    readonly status: number,
    response: string,
  ) {
    super(`The mail server rejected the mail permanently: ${response}`);
  }
}
