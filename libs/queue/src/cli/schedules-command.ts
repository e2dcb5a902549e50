import type { JobContract } from '../contract/job-contract';
import { print } from './print';
import { type InputOf, runCommand } from './run-command';
import { formatSchedules } from './schedules-output';
import {
  schedulesRequest,
  type SchedulesOptions,
  type SchedulesRequest,
} from './schedules-request';

/** Lists the schedules of these contracts, or runs one. */
export function runSchedules(
  jobs: readonly JobContract[],
  input?: InputOf<SchedulesOptions>,
): Promise<void> {
  return runCommand<SchedulesOptions, SchedulesRequest>(jobs, input, {
    name: 'schedules',
    read: (options) => schedulesRequest(jobs, options),
    act: async ({ schedules }, { queue, run, json, next }, { command }) => {
      if (run === undefined) {
        const found = await schedules.list({ queue, count: next });
        print(json, found, formatSchedules(found, command));
        return;
      }
      const added = await schedules.run(run.queue, run.name);
      const text =
        added.deduplicated === true
          ? `No job was added: the ${run.queue} job ${added.id} has the same deduplication key.`
          : `Added the ${run.queue} job ${added.id}.`;
      print(json, { ...added, schedule: run.name }, text);
    },
  });
}
