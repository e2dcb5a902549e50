import type { JobContract } from '../contract/job-contract';
import { queuesOrAll, type QueueChoice } from './chosen-queues';
import { formatQueues } from './queues-output';
import { print } from './print';
import { type InputOf, runCommand } from './run-command';

/** The options of `queues`. */
export interface QueuesOptions extends Pick<QueueChoice, 'job'> {
  json?: boolean;
}

/** Shows what the queues of these contracts hold. */
export function runQueues(
  jobs: readonly JobContract[],
  input?: InputOf<QueuesOptions>,
): Promise<void> {
  return runCommand<QueuesOptions, { queues: readonly string[]; json: boolean }>(jobs, input, {
    name: 'queues',
    read: ({ json = false, ...choice }) => ({ queues: queuesOrAll(jobs, choice), json }),
    act: async ({ admin }, { queues, json }) => {
      const status = await admin.status(queues);
      print(json, status, formatQueues(status));
    },
  });
}
