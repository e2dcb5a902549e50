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

/** The data of a job, without its methods. */
export type JobFields = Pick<Job<unknown, unknown>, (typeof FIELDS)[number]>;

export function jobFields(job: Job): JobFields {
  // The names are those of the type, which `fromEntries` cannot express.
  return Object.fromEntries(FIELDS.map((name) => [name, job[name] as unknown])) as JobFields;
}
