import type { JobContract } from '../contract/job-contract';
import { oneQueue } from './chosen-queues';
import { CommandError } from './command.error';
import { operatorName } from './operator';
import { print } from './print';
import { type InputOf, runCommand } from './run-command';

/** The options of `concurrency`. */
export interface ConcurrencyOptions {
  job?: string;
  /** A whole number of at least 1, or `none`. Undefined: show the limit. */
  global?: string | number;
  json?: boolean;
}

interface ConcurrencyRequest {
  queue: string;
  change: { concurrency: number | undefined } | undefined;
  json: boolean;
}

/** Shows, sets or removes the limit of jobs that run at the same time in all processes. */
export function runConcurrency(
  jobs: readonly JobContract[],
  input?: InputOf<ConcurrencyOptions>,
): Promise<void> {
  return runCommand<ConcurrencyOptions, ConcurrencyRequest>(jobs, input, {
    name: 'concurrency',
    read: (options) => concurrencyRequest(jobs, options),
    act: async ({ admin }, { queue, change, json }) => {
      if (change !== undefined) {
        await admin.setConcurrency(queue, change.concurrency, { by: operatorName() });
      }
      const [status] = await admin.status([queue]);
      const concurrency = status?.concurrency;
      print(
        json,
        { queue, concurrency: concurrency ?? null },
        concurrency === undefined
          ? `All processes together run as many "${queue}" jobs as their processors allow.`
          : `All processes together run at most ${concurrency} "${queue}" ${concurrency === 1 ? 'job' : 'jobs'} at the same time.`,
      );
    },
  });
}

/** Throws `CommandError` if an option is not valid. */
export function concurrencyRequest(
  jobs: readonly JobContract[],
  { job, global, json = false }: ConcurrencyOptions,
): ConcurrencyRequest {
  const queue = oneQueue(jobs, { job });
  if (global === undefined) return { queue, change: undefined, json };
  if (global === 'none') return { queue, change: { concurrency: undefined }, json };
  const concurrency = Number(global);
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new CommandError(
      `--global must be a whole number of at least 1, or none, and is ${global}. To stop all, pause the queue.`,
    );
  }
  return { queue, change: { concurrency }, json };
}
