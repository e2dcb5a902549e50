import { setTimeout as sleep } from 'node:timers/promises';
import type { Experiment } from '@tools/experiment';
import type { ChildProcesses } from '../processes/child-processes';
import type { LedgerReader } from '../proof/ledger-reader';
import type { ChaosStores } from '../stores/chaos-stores';
import { QueuesWatch } from '../stores/queue-watch';
import type { ChaosOptions } from './chaos-options';

interface Draining extends Experiment {
  options: ChaosOptions;
  stores: ChaosStores;
  children: ChildProcesses;
  ledger: LedgerReader;
}

/**
 * Waits until all jobs are done, adds the last jobs, which meet no other job and no fault, and waits again.
 *
 * @returns the jobs that failed permanently and those that were cancelled, and what is unfinished when time is up, each a sentence
 */
export async function drainQueue(run: Draining, addLastJobs: () => void) {
  const { options, stores } = run;
  const queue = QueuesWatch.open(options.store, stores.direct.queueUrl);
  try {
    const unfinished = await untilEmpty(run, queue);
    addLastJobs();
    unfinished.push(...(await untilEmpty(run, queue)));
    return { ...(await queue.failed()), unfinished };
  } finally {
    await queue.close();
  }
}

async function untilEmpty(
  { progress, throwIfStopped, options, children, ledger }: Draining,
  queue: QueuesWatch,
): Promise<string[]> {
  const deadline = Date.now() + options.settle * 1_000;
  for (let shown = 0; ;) {
    throwIfStopped();
    const producing = children.producersRun();
    const left = await queue.pending();
    const unpublished = await ledger.unpublished();
    const pending = left.reduce((sum, { count }) => sum + count, unpublished);
    if (!producing && pending === 0) return [];
    const { committed, done } = await ledger.progress();
    if (Date.now() > deadline) {
      return [
        ...(producing ? ['a producer that has not finished'] : []),
        ...left.map(
          ({ what, count }) => `${count} job(s) ${what} ${options.settle} s after the last fault`,
        ),
      ];
    }
    if (Date.now() - shown > 5_000) {
      progress(`  ${done} of ${committed} committed jobs done, ${pending} in the queue`);
      shown = Date.now();
    }
    await sleep(200);
  }
}
