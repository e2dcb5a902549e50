import { type MoveReport, moveJobs } from '../admin/move-jobs';
import type { MovedState, StayReason } from '../bullmq/moved-jobs';
import type { JobContract } from '../contract/job-contract';
import { UnknownQueueError } from '../queues/unknown-queue.error';
import { CommandError } from './command.error';
import { print } from './print';
import { type InputOf, runCommand } from './run-command';

/** The options of `move`. */
export interface MoveOptions {
  /** The queue that has the jobs, such as the name of a job before it was renamed. */
  from?: string;
  /** The job whose queue they go to. */
  to?: string;
  /** Says what would be moved. */
  dryRun?: boolean;
  json?: boolean;
}

/** Moves the jobs of a queue whose job was renamed to the queue of one of these contracts. */
export function runMove(jobs: readonly JobContract[], input?: InputOf<MoveOptions>): Promise<void> {
  return runCommand<MoveOptions, Required<MoveOptions>>(jobs, input, {
    name: 'move',
    read: (options) => moveRequest(jobs, options),
    act: async ({ store }, { from, to, dryRun, json }) => {
      const { isKnown, ...report } = await moveJobs(store, { from, to, dryRun });
      if (!isKnown) {
        throw new CommandError(
          `${store.location} has never had a queue "${from}". Is it the right store, and the name of the job before?`,
        );
      }
      print(json, { from, to, dryRun, ...report }, describeMove({ from, to, dryRun }, report));
      if (report.staying.length > 0) process.exitCode = 1;
    },
  });
}

/** Throws `CommandError` if an option is missing, `UnknownQueueError` if no contract is named `to`. */
export function moveRequest(
  jobs: readonly JobContract[],
  { from, to, dryRun = false, json = false }: MoveOptions,
): Required<MoveOptions> {
  if (!from) throw new CommandError('Pass --from=<name>: the queue that has the jobs.');
  if (!to) throw new CommandError('Pass --to=<name>: the job whose queue they go to.');
  const known = jobs.map(({ name }) => name).sort();
  if (!known.includes(to)) throw new UnknownQueueError(to, known);
  if (known.includes(from)) {
    throw new CommandError(
      from === to
        ? `--from and --to are the same queue, "${to}".`
        : `There is a job "${from}": a worker processes its queue. Only jobs of a queue whose job was renamed are moved.`,
    );
  }
  return { from, to, dryRun, json };
}

const STATES = [
  ['waiting', 'waiting'],
  ['delayed', 'delayed'],
  ['failed', 'dead or cancelled'],
] as const satisfies readonly (readonly [MovedState, string])[];

const REASONS: Readonly<Record<StayReason, string>> = {
  running: 'running. Run this again when they have ended',
  parent: 'parents in flows, to which their children refer. Let a worker of the old name run them',
  child: 'children in flows, to which their parents refer. Let a worker of the old name run them',
  scheduled:
    'runs of a job scheduler that this library did not make. Make it again in the new queue',
  taken: 'jobs whose ids the new queue has already. Remove the one of the two that is not needed',
};

/** Says what was moved, or would be, and what was not. */
export function describeMove(
  { from, to, dryRun }: Pick<Required<MoveOptions>, 'from' | 'to' | 'dryRun'>,
  { moved, staying }: Pick<MoveReport, 'moved' | 'staying'>,
): string {
  const total = moved.waiting + moved.delayed + moved.failed;
  const jobs = total === 1 ? '1 job' : `${total} jobs`;
  const states = STATES.filter(([state]) => moved[state] > 0)
    .map(([state, text]) => `${moved[state]} ${text}`)
    .join(', ');
  const what = dryRun ? 'would be moved' : total === 1 ? 'was moved' : 'were moved';
  const first =
    total === 0
      ? `The queue "${from}" has no job to move.`
      : `${jobs} of the queue "${from}" ${what} to "${to}": ${states}.`;
  const others = staying.map(({ reason, count, ids }) => {
    const more = count > ids.length ? ', …' : '';
    return `${count} ${dryRun ? 'would stay' : 'stayed'} in "${from}": ${REASONS[reason]}: ${ids.join(', ')}${more}`;
  });
  const last = dryRun ? ['Nothing was moved.'] : [];
  return [first, ...others, ...last].join('\n');
}
