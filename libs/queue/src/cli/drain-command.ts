import type { QueueStatus } from '../admin/queue-status';
import type { JobContract } from '../contract/job-contract';
import { oneQueue } from './chosen-queues';
import { operatorName } from './operator';
import { print } from './print';
import { type InputOf, runCommand } from './run-command';

/** The options of `drain`. */
export interface DrainCommandOptions {
  job?: string;
  /** Also jobs that wait for their time. */
  delayed?: boolean;
  /** Without it, the command says what would be lost. */
  force?: boolean;
  json?: boolean;
}

interface DrainRequest {
  queue: string;
  delayed: boolean;
  force: boolean;
  json: boolean;
}

/** Removes the jobs that wait in the queue of one of these contracts, or says what would be lost. */
export function runDrain(
  jobs: readonly JobContract[],
  input?: InputOf<DrainCommandOptions>,
): Promise<void> {
  return runCommand<DrainCommandOptions, DrainRequest>(jobs, input, {
    name: 'drain',
    read: (options) => drainRequest(jobs, options),
    act: async ({ admin }, request) => {
      const { queue, delayed, force, json } = request;
      if (force) {
        const removed = await admin.drain(queue, { delayed, by: operatorName() });
        const were = removed === 1 ? '1 job was' : `${removed} jobs were`;
        print(json, { queue, removed }, `${were} removed from "${queue}".`);
        return;
      }
      const [status] = await admin.status([queue]);
      if (status === undefined) return;
      const { waiting, due, delayed: later } = status;
      const lost = { waiting, due, delayed: delayed ? later : 0 };
      const count = lost.waiting + lost.due + lost.delayed;
      print(json, { queue, removed: 0, wouldRemove: lost }, describeLoss(status, delayed));
      if (count > 0) process.exitCode = 1;
    },
  });
}

/** What a drain would remove, what it would not, and how to do it. */
export function describeLoss(
  { queue, waiting, due, delayed: later, running }: QueueStatus,
  delayed: boolean,
): string {
  const lost = [
    { count: waiting, what: 'waiting' },
    { count: due, what: 'due' },
    { count: delayed ? later : 0, what: 'delayed' },
  ].filter(({ count }) => count > 0);
  const total = lost.reduce((sum, { count }) => sum + count, 0);
  const kept = [
    ...(!delayed && later > 0
      ? [`${later} delayed (retries among them) would stay: --delayed removes them too.`]
      : []),
    ...(running > 0 ? [`${running} running would finish.`] : []),
  ];
  if (total === 0) return [`The queue "${queue}" has no job to remove.`, ...kept].join('\n');
  const jobs = total === 1 ? 'job' : 'jobs';
  const states = lost.map(({ count, what }) => `${count} ${what}`).join(', ');
  return [
    `${total} ${jobs} of the queue "${queue}" would be lost for good: ${states}.`,
    ...kept,
    'Nothing was removed. Add --force to remove them.',
  ].join('\n');
}

function drainRequest(
  jobs: readonly JobContract[],
  { job, delayed = false, force = false, json = false }: DrainCommandOptions,
): DrainRequest {
  const queue = oneQueue(jobs, { job });
  return { queue, delayed, force, json };
}
