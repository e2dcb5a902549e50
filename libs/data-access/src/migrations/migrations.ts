import { CreateIdempotencyKeys } from './create-idempotency-keys.migration';
import { CreateImages } from './create-images.migration';
import { CreateNotifications } from './create-notifications.migration';
import { CreateProcessedJobs } from './create-processed-jobs.migration';
import { CreateReports } from './create-reports.migration';
import { CreateRequestCounts } from './create-request-counts.migration';

/**
 * Every migration, oldest first; append new ones.
 *
 * A list, not a glob, because a bundle has no files to match.
 */
export const migrations = [
  CreateNotifications,
  CreateImages,
  CreateReports,
  CreateIdempotencyKeys,
  CreateProcessedJobs,
  CreateRequestCounts,
];
