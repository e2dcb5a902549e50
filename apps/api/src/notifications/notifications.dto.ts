import { notificationJob } from '@libs/jobs/notification';
import type * as z from 'zod';

/** The request is the job's data. A misspelt field is an error here, not ignored. */
export const createNotificationSchema = notificationJob.data.strict();

export type CreateNotification = z.output<typeof createNotificationSchema>;
