import { QueueAdmin } from '../admin/queue-admin';
import type { JobContract } from '../contract/job-contract';
import { chosenQueues, type QueueChoice } from './chosen-queues';
import { print } from './print';
import { runCommand } from './run-command';

/** The options of `pause` and `resume`. */
export interface PauseOptions extends QueueChoice {
  json?: boolean;
}

interface PauseRequest {
  queues: readonly string[];
  json: boolean;
}

/** Pauses queues of these contracts. */
export function runPause(...jobs: readonly JobContract[]): Promise<void> {
  return runCommand<PauseOptions, PauseRequest>(jobs, {
    name: 'pause',
    read: (options) => pauseRequest(jobs, options),
    act: async (app, { queues, json }) => {
      const admin = app.get(QueueAdmin, { strict: false });
      await Promise.all(queues.map((queue) => admin.pause(queue)));
      print(
        json,
        queues.map((queue) => ({ queue, paused: true })),
        `Paused: ${queues.join(', ')}. Running jobs finish; no worker starts another one.`,
      );
    },
  });
}

/** Resumes queues of these contracts. */
export function runResume(...jobs: readonly JobContract[]): Promise<void> {
  return runCommand<PauseOptions, PauseRequest>(jobs, {
    name: 'resume',
    read: (options) => pauseRequest(jobs, options),
    act: async (app, { queues, json }) => {
      const admin = app.get(QueueAdmin, { strict: false });
      await Promise.all(queues.map((queue) => admin.resume(queue)));
      print(
        json,
        queues.map((queue) => ({ queue, paused: false })),
        `Resumed: ${queues.join(', ')}.`,
      );
    },
  });
}

function pauseRequest(
  jobs: readonly JobContract[],
  { json = false, ...choice }: PauseOptions,
): PauseRequest {
  return { queues: chosenQueues(jobs, choice), json };
}
