import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Notification } from '@libs/data-access/notifications';
import { notificationJob } from '@libs/jobs/notification';
import { InjectJob, JobProducer, type JobReference } from '@libs/queue';
import { Repository } from 'typeorm';
import { RowsWithJobs } from '../enqueue/rows-with-jobs';
import type { CreateNotification } from './notifications.dto';

@Injectable()
export class NotificationsService {
  constructor(
    @InjectRepository(Notification) private readonly notifications: Repository<Notification>,
    @InjectJob(notificationJob) private readonly jobs: JobProducer<typeof notificationJob>,
    private readonly rowsWithJobs: RowsWithJobs,
  ) {}

  /** Stores the notification and adds the job that sends it. The job has the id of the row. */
  send(mail: CreateNotification): Promise<JobReference> {
    const id = randomUUID();
    const row = { id, recipient: mail.to, subject: mail.subject, body: mail.text };
    return this.rowsWithJobs.insert(this.notifications, row, (transaction) =>
      this.jobs.add(mail, { jobId: id, ...transaction }),
    );
  }
}
