import type { QueueWorkspace } from '../../workspace/index';
import { missingName, type Terminal } from '../plan/choose-job';
import { CancelledError, isInteractive } from '../plan/interactive';
import { jobNames } from '../plan/job-name';
import { KnownJobs } from '../plan/known-jobs';
import { problemOf } from '../plan/problem-of';

/**
 * The new name that was passed, or the answer to what it is.
 *
 * @throws NameMissingError if there is no terminal to ask on
 * @throws CancelledError
 */
export async function askNewName(
  workspace: QueueWorkspace,
  job: string,
  given: string | undefined,
  terminal?: Terminal,
): Promise<string> {
  if (given !== undefined) return given;
  if (terminal === undefined && !isInteractive()) throw missingName(`rename ${job} mail`);
  const { isCancel, text } = await import('@clack/prompts');
  const jobs = new KnownJobs(workspace);
  const answer = await text({
    message: `New name of the job "${job}"?`,
    validate: (value = '') =>
      problemOf(() => {
        jobs.refuseSimilar(jobNames(value).job, job);
      }),
    ...terminal,
  });
  if (isCancel(answer)) throw new CancelledError();
  return answer;
}
