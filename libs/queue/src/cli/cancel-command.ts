import type { CancelOptions, CancelOutcome } from '../cancel/cancel-outcome';
import type { JobContract } from '../contract/job-contract';
import { chosenQueues } from './chosen-queues';
import { CommandError } from './command.error';
import { print } from './print';
import { type InputOf, runCommand } from './run-command';

/** The options of `cancel`. */
export interface CancelCommandOptions extends CancelOptions {
  job?: string;
  /** A number if the argument looks like one. */
  id?: string | number;
  json?: boolean;
}

interface CancelRequest extends CancelOptions {
  queue: string;
  id: string;
  json: boolean;
}

/** Cancels a job of one of these contracts. */
export function runCancel(
  jobs: readonly JobContract[],
  input?: InputOf<CancelCommandOptions>,
): Promise<void> {
  return runCommand<CancelCommandOptions, CancelRequest>(jobs, input, {
    name: 'cancel',
    read: (options) => cancelRequest(jobs, options),
    act: async ({ cancellation }, { queue, id, json, ...options }) => {
      const outcome = await cancellation.cancel(queue, id, options);
      print(json, { queue, id, outcome }, describeCancel(queue, id, outcome));
      if (outcome !== 'cancelled' && outcome !== 'cancelling') process.exitCode = 1;
    },
  });
}

/** Throws `CommandError` if an option is missing or not valid. */
export function cancelRequest(
  jobs: readonly JobContract[],
  { job, id, json = false, reason, wait }: CancelCommandOptions,
): CancelRequest {
  if (id === undefined) throw new CommandError('Pass --id=<id>: the id of the job to cancel.');
  const [queue = ''] = chosenQueues(jobs, { job });
  if (wait !== undefined && !(wait >= 0)) {
    throw new CommandError(`--wait must be a number of milliseconds from 0, and is ${wait}.`);
  }
  return { queue, id: String(id), json, reason, wait };
}

const OUTCOMES: Readonly<Record<CancelOutcome, string>> = {
  cancelled: 'is cancelled',
  cancelling:
    'is being cancelled: it still ran when the wait was over, or it is the next run of a schedule, and ends when it is due',
  completed: 'has completed: nothing was cancelled',
  failed: 'has failed: nothing was cancelled',
  removed: 'was removed when it ended; how it ended is not kept',
  'not-found':
    'was not found. A job that is still in the outbox of an application is cancelled there',
};

/** Says what became of a job. */
export function describeCancel(queue: string, id: string, outcome: CancelOutcome): string {
  return `The ${queue} job ${id} ${OUTCOMES[outcome]}.`;
}
