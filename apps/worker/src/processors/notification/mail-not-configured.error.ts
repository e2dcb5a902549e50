import { UserFacingError } from '@libs/config';

/** The worker is to send mail, and nobody has said through which server. */
export class MailNotConfiguredError extends UserFacingError {
  constructor() {
    super(
      'The notification processor sends mail, and SMTP_URL is not set. Set it to a mail server ' +
        '(smtp://user:password@host:587), or leave the processor out with WORKER_PROCESSORS.',
    );
  }
}
