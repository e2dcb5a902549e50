import { randomUUID } from 'node:crypto';
import type { JobData, JobContract } from '../contract/job-contract';
import type { AddOptions } from '../contract/job-options';
import { checkOptions } from '../limits/check-options';
import { JobOptionError } from '../limits/invalid-option.errors';
import { ADD_OPTIONS } from '../limits/option-rules';

/** The options of a job as they are stored. */
export interface StoredOptions extends AddOptions {
  /** The key of the contract's `limit`, which workers know the job by. */
  limitKey?: string;
}

/**
 * The options of one `add`, with the contract's `dedupe` and the key of its `limit` in them.
 *
 * A job that may be deduplicated gets its id here. The store returns the id of the existing job; only a
 * comparison with our own id shows which of the two it is.
 *
 * @param path where it is among the arguments, such as `[2].`, for the error
 * @throws JobOptionError if an option makes no sense or cannot be stored.
 */
export function addOptions<Job extends JobContract>(
  { name, dedupe, limit }: Job,
  data: JobData<Job>,
  options: AddOptions = {},
  path = '',
): StoredOptions {
  const deduplication = options.deduplication ?? deduplicationOf(dedupe, data);
  const limitKey = limit?.by(data) || undefined;
  const given: StoredOptions = {
    ...options,
    ...(deduplication !== undefined && { deduplication }),
    ...(limitKey !== undefined && { limitKey }),
  };
  const checked = checkOptions(ADD_OPTIONS, given, (problem) => {
    const option = `${path}${problem.option}`;
    return new JobOptionError(name, { ...problem, option }, options.jobId);
  });
  if (deduplication === undefined) return checked;
  return { ...checked, jobId: checked.jobId ?? randomUUID() };
}

function deduplicationOf(
  dedupe: JobContract['dedupe'],
  data: unknown,
): AddOptions['deduplication'] {
  const id = dedupe?.key(data);
  if (id === undefined || id === '') return undefined;
  return { id, ttl: dedupe?.window };
}
