import type { QueueHarness } from '../../testing/queue-harness';
import type { ProbeJob } from './probe.contract';

/** Which process and which thread of it have run, or run, a job. */
export interface Whereabouts {
  readonly pid: number;
  readonly thread: number;
}

/** Waits until a job runs. */
export async function whereItRuns(
  { jobs }: Pick<QueueHarness<ProbeJob>, 'jobs'>,
  { queue, id }: { queue: string; id: string },
): Promise<Whereabouts> {
  for await (const { progress } of jobs.watch(queue, id)) {
    if (typeof progress === 'object') return progress as Whereabouts;
  }
  throw new Error(`Job ${id} has ended without a word of where it ran.`);
}
