import type { JobContract } from '../contract/job-contract';
import { UnknownQueueError } from '../queues/unknown-queue.error';
import { CommandError } from './command.error';

/** The options by which a command is told its queues. */
export interface QueueChoice {
  /** The name of one job. */
  job?: string | undefined;
  /** Every job of the command. */
  all?: boolean | undefined;
}

/**
 * The queues that a command is about, by `--job=<name>`. Without it, the queues of all these jobs.
 *
 * @throws UnknownQueueError which suggests a similar name
 */
export function queuesOrAll(jobs: readonly JobContract[], { job }: QueueChoice): readonly string[] {
  const known = jobs.map(({ name }) => name).sort();
  if (job === undefined) return known;
  if (!known.includes(job)) throw new UnknownQueueError(job, known);
  return [job];
}

/**
 * The queues that a command changes, by `--job=<name>` or `--all`.
 *
 * @throws CommandError if it has neither of them, or both
 * @throws UnknownQueueError which suggests a similar name
 */
export function chosenQueues(jobs: readonly JobContract[], choice: QueueChoice): readonly string[] {
  const { job, all = false } = choice;
  if (all && job !== undefined) throw new CommandError('Pass either --job or --all, not both.');
  if (!all && job === undefined) {
    const names = queuesOrAll(jobs, {}).join(', ');
    throw new CommandError(`Pass --job=<name>, or --all for every job: ${names}.`);
  }
  return queuesOrAll(jobs, choice);
}

/**
 * The queue that a command is about, by `--job=<name>`.
 *
 * @throws CommandError without it
 * @throws UnknownQueueError which suggests a similar name
 */
export function oneQueue(jobs: readonly JobContract[], { job }: QueueChoice): string {
  if (job === undefined) {
    throw new CommandError(`Pass --job=<name>, one of: ${queuesOrAll(jobs, {}).join(', ')}.`);
  }
  const [queue = job] = queuesOrAll(jobs, { job });
  return queue;
}
