import { UnrecoverableError } from 'bullmq';

/** The mail server has refused this mail for good. Asking it again would get the same answer. */
export class MailRefusedError extends UnrecoverableError {
  constructor(
    /** The SMTP status, 500 to 599. */
    readonly status: number,
    response: string,
  ) {
    super(`The mail server rejected the mail permanently: ${response}`);
    this.name = new.target.name;
  }
}
