/** What is read of a job. */
export interface Snapshot {
  state: string;
  enqueuedAt: Date;
  finishedAt: Date | undefined;
  attempts: { made: number };
  result: unknown;
  failure: string | undefined;
}

/** What a producer says of a job that it was given. */
export interface Reference {
  queue: string;
  id: string;
  /** Whether this is a job that was there already, and none was added. */
  deduplicated?: boolean;
}

export interface Outcome {
  text: string;
  /** Whether every job has completed. */
  success: boolean;
}

export function describeAdded(queue: string, added: readonly Reference[]): string {
  const [only] = added;
  const same = added.filter(({ deduplicated }) => deduplicated).length;
  if (added.length === 1 && same === 1) {
    return `Nothing was added: job ${only?.id ?? ''} of the queue "${queue}" is the same, by the contract's dedupe.`;
  }
  if (added.length === 1) return `Added job ${only?.id ?? ''} to the queue "${queue}".`;
  if (same === 0) return `Added ${added.length} jobs to the queue "${queue}".`;
  return `Added ${added.length - same} of ${added.length} jobs to the queue "${queue}": the others are the same, by the contract's dedupe.`;
}

/** What to say to a person who has waited for a while. @param last the last that was seen of any of the jobs */
export function describeWait(last: Snapshot | undefined, project: string): string {
  const { state, attempts } = last ?? {};
  const tried = attempts !== undefined && attempts.made > 0;
  if (state === 'active') return 'Still waiting: the job runs.';
  if (state === 'delayed' && tried) {
    return `Still waiting: attempt ${attempts.made} has failed, and the job is tried again later.`;
  }
  if (state === 'delayed') return 'Still waiting: the job is delayed.';
  return `Still waiting. Does the worker run? npx nx serve ${project}`;
}

/** @param ended the last that was seen of each job; undefined if it is gone */
export function describeOutcome(ended: readonly (Snapshot | undefined)[]): Outcome {
  const [only] = ended;
  return ended.length === 1 ? outcomeOf(only) : outcomeOfAll(ended);
}

function outcomeOf(snapshot: Snapshot | undefined): Outcome {
  if (snapshot?.state === 'completed') {
    const took = (snapshot.finishedAt?.getTime() ?? 0) - snapshot.enqueuedAt.getTime();
    const result = snapshot.result === undefined ? '' : ` with ${JSON.stringify(snapshot.result)}`;
    return { text: `The job completed after ${took} ms${result}`, success: true };
  }
  if (snapshot?.state === 'failed') {
    const { attempts, failure = 'no reason known' } = snapshot;
    return { text: `The job failed at attempt ${attempts.made}: ${failure}`, success: false };
  }
  const text =
    'The job was removed, before it ended or, with removeOnComplete or removeOnFail, when it did.';
  return { text, success: false };
}

function outcomeOfAll(ended: readonly (Snapshot | undefined)[]): Outcome {
  const completed = ended.filter((snapshot) => snapshot?.state === 'completed').length;
  const failed = ended.filter((snapshot) => snapshot?.state === 'failed').length;
  const removed = ended.length - completed - failed;
  const others = removed > 0 ? ` ${removed} removed, before or when they ended.` : '';
  return {
    text: `${completed} completed, ${failed} failed.${others}`,
    success: completed === ended.length,
  };
}
