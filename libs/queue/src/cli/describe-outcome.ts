import type { JobReference } from '../producer/job-producer';
import type { CommandInput } from './run-command';
import type { JobSnapshot } from '../queues/job-snapshot';

/** The fields of a job that are read here. */
export type Outlook = Pick<
  JobSnapshot,
  'state' | 'enqueuedAt' | 'finishedAt' | 'result' | 'failure'
> & { attempts: Pick<JobSnapshot['attempts'], 'made'> };

export interface Outcome {
  text: string;
  /** Whether every job has completed. */
  success: boolean;
}

export function describeAdded(queue: string, added: readonly JobReference[]): string {
  const [only] = added;
  const same = added.filter(({ deduplicated }) => deduplicated).length;
  if (added.length === 1 && same === 1) {
    return `Nothing was added: job ${only?.id ?? ''} of the queue "${queue}" is a duplicate, by the contract's dedupe.`;
  }
  if (added.length === 1) return `Added job ${only?.id ?? ''} to the queue "${queue}".`;
  if (same === 0) return `Added ${added.length} jobs to the queue "${queue}".`;
  return `Added ${added.length - same} of ${added.length} jobs to the queue "${queue}": the others are duplicates, by the contract's dedupe.`;
}

/**
 * Explains what the command has been waiting for.
 *
 * @param last the last snapshot of any of the jobs
 */
export function describeWait(
  last: Outlook | undefined,
  startWorker: string,
  servedElsewhere: CommandInput<unknown>['servedElsewhere'] = [],
): string {
  const { state, attempts } = last ?? {};
  const tried = attempts !== undefined && attempts.made > 0;
  if (state === 'active') return 'Still waiting: the job is running.';
  if (state === 'delayed' && tried) {
    return `Still waiting: attempt ${attempts.made} failed, and the job will be retried.`;
  }
  if (state === 'delayed') return 'Still waiting: the job is delayed.';
  if (state === 'waiting-children') {
    return `Still waiting: the children of the job have not ended. Does a worker run them? ${startWorker}`;
  }
  const [other] = servedElsewhere;
  if (other !== undefined) {
    return (
      `Still waiting. The worker that runs here, "${other.project}", uses another store: ${other.store}. ` +
      'Set QUEUE_URL or DATABASE_URL as in its terminal, or once for all terminals in the file .env.'
    );
  }
  return `Still waiting. Is the worker running? ${startWorker}`;
}

/**
 * @param ended the last snapshot of each job; undefined if it is gone
 * @param columns of the terminal; a result that does not fit into the line has lines of its own
 */
export function describeOutcome(
  ended: readonly (Outlook | undefined)[],
  columns = Infinity,
): Outcome {
  const [only] = ended;
  return ended.length === 1 ? outcomeOf(only, columns) : outcomeOfAll(ended);
}

function outcomeOf(snapshot: Outlook | undefined, columns: number): Outcome {
  if (snapshot?.state === 'completed') {
    return { text: describeCompleted(snapshot, columns), success: true };
  }
  if (snapshot?.state === 'failed') {
    const { attempts, failure = 'reason unknown' } = snapshot;
    return { text: `The job failed at attempt ${attempts.made}: ${failure}`, success: false };
  }
  if (snapshot?.state === 'cancelled') {
    return {
      text: `The job was cancelled: ${snapshot.failure ?? 'no reason is known'}`,
      success: false,
    };
  }
  const text =
    'The job was removed before it finished, or when it finished (removeOnComplete, removeOnFail).';
  return { text, success: false };
}

function describeCompleted({ enqueuedAt, finishedAt, result }: Outlook, columns: number): string {
  const took = (finishedAt?.getTime() ?? 0) - enqueuedAt.getTime();
  const completed = `The job completed after ${took} ms`;
  if (result === undefined) return completed;
  const line = `${completed} with ${JSON.stringify(result)}`;
  return line.length <= columns
    ? line
    : `${completed} with\n${JSON.stringify(result, undefined, 2)}`;
}

function outcomeOfAll(ended: readonly (Outlook | undefined)[]): Outcome {
  const completed = ended.filter((snapshot) => snapshot?.state === 'completed').length;
  const failed = ended.filter((snapshot) => snapshot?.state === 'failed').length;
  const cancelled = ended.filter((snapshot) => snapshot?.state === 'cancelled').length;
  const removed = ended.length - completed - failed - cancelled;
  const others = removed > 0 ? ` ${removed} removed before or when they finished.` : '';
  return {
    text: `${completed} completed, ${failed} failed${cancelled > 0 ? `, ${cancelled} cancelled` : ''}.${others}`,
    success: completed === ended.length,
  };
}
