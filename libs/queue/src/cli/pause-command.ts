import type { JobContract } from '../contract/job-contract';
import { chosenQueues, type QueueChoice } from './chosen-queues';
import { operatorName } from './operator';
import { print } from './print';
import { type InputOf, runCommand } from './run-command';

/** The options of `pause` and `resume`. */
export interface PauseOptions extends QueueChoice {
  json?: boolean;
}

/** Pauses queues of these contracts. */
export function runPause(
  jobs: readonly JobContract[],
  input?: InputOf<PauseOptions>,
): Promise<void> {
  return run(jobs, input, 'pause', (queues) => {
    return `Paused: ${queues}. Running jobs finish; no worker starts another one.`;
  });
}

/** Resumes queues of these contracts. */
export function runResume(
  jobs: readonly JobContract[],
  input?: InputOf<PauseOptions>,
): Promise<void> {
  return run(jobs, input, 'resume', (queues) => `Resumed: ${queues}.`);
}

function run(
  jobs: readonly JobContract[],
  input: InputOf<PauseOptions>,
  name: 'pause' | 'resume',
  describe: (queues: string) => string,
): Promise<void> {
  return runCommand<PauseOptions, { queues: readonly string[]; json: boolean }>(jobs, input, {
    name,
    read: ({ json = false, ...choice }) => ({ queues: chosenQueues(jobs, choice), json }),
    act: async ({ admin }, { queues, json }) => {
      await Promise.all(queues.map((queue) => admin[name](queue, { by: operatorName() })));
      const changed = queues.map((queue) => ({ queue, paused: name === 'pause' }));
      print(json, changed, describe(queues.join(', ')));
    },
  });
}
