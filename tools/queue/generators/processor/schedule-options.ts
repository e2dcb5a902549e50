import { runProgram } from '../../command/run-program';
import { PluginError, type QueueWorkspace } from '../../workspace/index';
import type { ProcessorOptions } from './processor-options';

/** What `--cron`, `--every` and `--timezone` say. */
export type GivenSchedule = Pick<ProcessorOptions, 'cron' | 'every' | 'timezone'>;

/** Whether a schedule of a job can be written; if not, the reason has been printed. */
export type ScheduleCheck = (
  root: string,
  workspace: QueueWorkspace,
  job: string,
  schedule: GivenSchedule,
) => Promise<boolean>;

/**
 * `--cron`, `--every` or `--timezone` is not valid, or the job's contract exists already. Nothing was written.
 *
 * To do: correct the option, or write the schedule into the contract by hand.
 */
export class ScheduleOptionError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_SCHEDULE';
}

/** The schedule that the options ask for; undefined if they ask for none. */
export function givenSchedule({ cron, every, timezone }: GivenSchedule): GivenSchedule | undefined {
  if (cron === undefined && every === undefined) {
    if (timezone === undefined) return undefined;
    throw new ScheduleOptionError(
      '--timezone needs --cron, such as --cron="0 3 * * *". Nothing was written.',
    );
  }
  const given = { cron, every, timezone };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** The rules are those of the runtime that the workspace has, so the runtime is asked. */
export const checkByRuntime: ScheduleCheck = async (root, workspace, job, schedule) => {
  const source =
    `import { runCheckSchedule } from ${JSON.stringify(workspace.runtime.cli)};\n` +
    'void runCheckSchedule();';
  const program = { name: 'check-schedule', source, input: { job, schedule } };
  return (await runProgram(root, workspace, program, process.env)) === 0;
};

/** @throws ScheduleOptionError */
export async function requireValid(
  check: ScheduleCheck,
  ...[root, workspace, job, schedule]: Parameters<ScheduleCheck>
): Promise<void> {
  if (await check(root, workspace, job, schedule)) return;
  throw new ScheduleOptionError(
    `The schedule of "${job}" is not valid; the reason is printed above. Nothing was written.`,
  );
}

/** @throws ScheduleOptionError because a contract that exists is not changed. */
export function refuseSchedule(file: string, schedule: GivenSchedule): never {
  throw new ScheduleOptionError(
    `The contract ${file} exists, and is used unchanged. Leave out --cron, --every and --timezone, and add to it ` +
      `by hand: schedule: ${JSON.stringify(schedule)}. Nothing was written.`,
  );
}
