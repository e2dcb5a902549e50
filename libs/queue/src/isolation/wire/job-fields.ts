import type { Job } from 'bullmq';

const FIELDS = [
  'id',
  'name',
  'queueName',
  'queueQualifiedName',
  'prefix',
  'data',
  'opts',
  'progress',
  'returnvalue',
  'stacktrace',
  'delay',
  'priority',
  'timestamp',
  'attemptsStarted',
  'attemptsMade',
  'stalledCounter',
  'failedReason',
  'processedOn',
  'processedBy',
  'parentKey',
  'parent',
  'deduplicationId',
  'repeatJobKey',
] as const satisfies (keyof Job)[];

/** What a job is, without what it can do. */
export type JobFields = Pick<Job<unknown, unknown>, (typeof FIELDS)[number]>;

export function jobFields(job: Job): JobFields {
  // The names are those of the type.
  return Object.fromEntries(FIELDS.map((name) => [name, job[name] as unknown])) as JobFields;
}
