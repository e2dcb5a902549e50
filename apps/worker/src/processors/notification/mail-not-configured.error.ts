import { UserFacingError } from '@libs/config';

/** The worker is to send mail, and nobody has said through which server. */
export class MailNotConfiguredError extends UserFacingError {
  constructor() {
    super(
      'The notification processor sends mail, but SMTP_URL is not set. Set it to a mail server ' +
        '(smtp://user:password@host:587), or exclude the processor with WORKER_PROCESSORS.',
    );
  }
}
