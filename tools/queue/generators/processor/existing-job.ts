import { findContract, PluginError, type QueueWorkspace } from '../../workspace/index';
import { KnownJobs } from '../plan/known-jobs';
import type { GivenOptions } from './ask-options';

/**
 * `--job` of the generator `processor` is used together with a name, or with an option for a new contract.
 *
 * To do: leave out what the message names.
 */
export class ExistingJobError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_EXISTING_JOB';
}

/**
 * The name of the job that gets a processor: the one of `--job`, whose contract must exist and have none, or the one that
 * was passed; undefined if neither was.
 *
 * @throws UnknownJobError which suggests a similar name
 * @throws JobTakenError
 * @throws ExistingJobError
 */
export function existingJob(
  workspace: QueueWorkspace,
  { name, job, jobs }: GivenOptions,
): string | undefined {
  if (job === undefined) return name;
  if (name !== undefined && name !== job) {
    throw new ExistingJobError(
      `Pass either the name "${name}", for a new job, or --job=${job}, for a contract that exists. Nothing was written.`,
    );
  }
  if (jobs !== undefined) {
    throw new ExistingJobError(
      '--jobs says where a new contract goes, and --job that there is one. Leave out --jobs. Nothing was written.',
    );
  }
  findContract(workspace, job);
  new KnownJobs(workspace).refuseTaken(job);
  return job;
}
