import { UserFacingError } from '@libs/config';

/**
 * The worker runs the notification processor, and no mail server is configured.
 *
 * To do: set `SMTP_URL`, or leave the processor out with `WORKER_PROCESSORS`.
 *
 * @group Starting a process
 */
export class MailNotConfiguredError extends UserFacingError {
  readonly code = 'MAIL_NOT_CONFIGURED';

  constructor() {
    super(
      'The notification processor sends mail, but SMTP_URL is not set. Set it to a mail server ' +
        '(smtp://user:password@host:587), or exclude the processor with WORKER_PROCESSORS.',
    );
  }
}
