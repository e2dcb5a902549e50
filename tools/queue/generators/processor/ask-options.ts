import {
  ISOLATION_KINDS,
  PLUGIN_NAME,
  type QueueWorkspace,
  packageManager,
} from '../../workspace/index';
import type { Terminal } from '../plan/choose-job';
import { CancelledError, isInteractive, NameMissingError } from '../plan/interactive';
import { jobNames } from '../plan/job-name';
import { KnownJobs } from '../plan/known-jobs';
import { problemOf } from '../plan/problem-of';
import type { ProcessorOptions } from './processor-options';

/** The options that a person passed, before anything was asked. */
export type GivenOptions = Omit<ProcessorOptions, 'name'> & { name?: string | undefined };

const ISOLATIONS = {
  none: 'in the worker itself: for jobs that mostly wait',
  process: 'in child processes of the worker: for jobs that compute',
  thread: 'in threads of the worker: for jobs that compute, and start faster',
} as const;

/**
 * The options of a job, asked for if its name is missing. With a name, only the worker is asked for, if there are several.
 *
 * @param terminal to ask on; by default that of this process, if it has one
 * @throws NameMissingError if there is none
 * @throws CancelledError
 */
export async function askOptions(
  workspace: QueueWorkspace,
  { name, ...given }: GivenOptions,
  terminal?: Terminal,
): Promise<ProcessorOptions> {
  if (name !== undefined) return { ...given, name };
  if (terminal === undefined && !isInteractive()) {
    const { exec } = packageManager();
    throw new NameMissingError(`${exec} nx g ${PLUGIN_NAME}:processor email`);
  }
  // Loaded here only, because it is needed only here.
  const { isCancel, select, text } = await import('@clack/prompts');
  const answered = async <Value>(question: Promise<Value | symbol>): Promise<Value> => {
    const answer = await question;
    if (isCancel(answer)) throw new CancelledError();
    return answer;
  };

  const jobs = new KnownJobs(workspace);
  const asked: ProcessorOptions = {
    ...given,
    name: await answered(
      text({
        message: 'Name of the job, which is also its queue?',
        placeholder: 'email',
        validate: (value = '') =>
          problemOf(() => {
            jobs.refuseSimilar(jobNames(value).job);
          }),
        ...terminal,
      }),
    ),
  };
  if (workspace.workers.length > 1) {
    asked.worker ??= await answered(
      select({
        message: 'Which worker runs it?',
        options: workspace.workers.map((worker) => ({ value: worker.name })),
        ...terminal,
      }),
    );
  }
  if (asked.batch === undefined) {
    asked.isolation ??= await answered(
      select({
        message: 'Where do its jobs run?',
        options: (['none', ...ISOLATION_KINDS] as const).map((value) => ({
          value,
          hint: ISOLATIONS[value],
        })),
        ...terminal,
      }),
    );
  }
  if (asked.cron === undefined && asked.every === undefined) {
    const schedule = await answered(
      text({
        message: 'When does it run by itself? A cron expression or a period; empty for never.',
        placeholder: '0 3 * * *, or 15m',
        ...terminal,
      }),
    );
    Object.assign(asked, scheduleOf(schedule));
  }
  return asked;
}

/** `0 3 * * *` is a cron expression, `15m` a period; the runtime checks both. */
function scheduleOf(answer: string | undefined): Pick<ProcessorOptions, 'cron' | 'every'> {
  const schedule = answer?.trim() ?? '';
  if (schedule === '') return {};
  return /\s/.test(schedule) ? { cron: schedule } : { every: schedule };
}
