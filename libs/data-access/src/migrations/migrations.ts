import { CreateIdempotencyKeys } from './create-idempotency-keys.migration';
import { CreateImages } from './create-images.migration';
import { CreateNotifications } from './create-notifications.migration';
import { CreateProcessedJobs } from './create-processed-jobs.migration';
import { CreateReports } from './create-reports.migration';

/**
 * Every migration, oldest first; a new one is added at the end.
 *
 * A list and not a glob, because there are no files to find in a bundle.
 */
export const migrations = [
  CreateNotifications,
  CreateImages,
  CreateReports,
  CreateIdempotencyKeys,
  CreateProcessedJobs,
];
