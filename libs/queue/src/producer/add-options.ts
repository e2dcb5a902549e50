import { randomUUID } from 'node:crypto';
import type { JobData, JobContract } from '../contract/job-contract';
import type { AddOptions } from '../contract/job-options';

/**
 * The options of one `add`, with the contract's `dedupe` in them.
 *
 * A job that may be deduplicated gets its id here. The store returns the id of the existing job; only a
 * comparison with our own id shows which of the two it is.
 */
export function addOptions<Job extends JobContract>(
  { dedupe }: Job,
  data: JobData<Job>,
  options: AddOptions = {},
): AddOptions {
  const deduplication = options.deduplication ?? deduplicationOf(dedupe, data);
  if (deduplication === undefined) return options;
  return { ...options, deduplication, jobId: options.jobId ?? randomUUID() };
}

function deduplicationOf(
  dedupe: JobContract['dedupe'],
  data: unknown,
): AddOptions['deduplication'] {
  const id = dedupe?.key(data);
  if (id === undefined || id === '') return undefined;
  return { id, ttl: dedupe?.window };
}
