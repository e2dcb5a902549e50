import { notificationJob } from '@libs/jobs/notification';
import { type JobContext, JobHost, JobProcessor } from '@libs/queue/consumer';
import { MailModule } from './mail.module';
import { Mailer } from './mailer';

/**
 * Sends a mail, at least once: a worker that dies after the mail server accepted it sends it again, with
 * the same Message-ID, which identifies the duplicate.
 */
@JobProcessor(notificationJob, { concurrency: 5, imports: [MailModule] })
export class NotificationProcessor extends JobHost<typeof notificationJob> {
  constructor(private readonly mailer: Mailer) {
    super();
  }

  async handle({ data, job, signal }: JobContext<typeof notificationJob>) {
    // A mail cannot be recalled, so this is the last moment to stop.
    signal.throwIfAborted();
    const messageId = `notification.${encodeURIComponent(job.id ?? '')}`;
    return this.mailer.send({ ...data, messageId });
  }
}
