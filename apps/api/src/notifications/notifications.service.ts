import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Notification } from '@libs/data-access/notifications';
import { notificationJob } from '@libs/jobs/notification';
import { InjectJob, JobProducer, type JobReference } from '@libs/queue';
import { Repository } from 'typeorm';
import { storeWithJob } from '../jobs/store-with-job';
import type { CreateNotification } from './notifications.dto';

@Injectable()
export class NotificationsService {
  constructor(
    @InjectRepository(Notification) private readonly notifications: Repository<Notification>,
    @InjectJob(notificationJob) private readonly jobs: JobProducer<typeof notificationJob>,
  ) {}

  /** Stores the notification and adds the job that sends it. The job has the id of the row. */
  send(mail: CreateNotification): Promise<JobReference> {
    const id = randomUUID();
    const row = { id, recipient: mail.to, subject: mail.subject, body: mail.text };
    return storeWithJob(this.notifications, row, () => this.jobs.add(mail, { jobId: id }));
  }
}
