import type { QueueHarness } from '../../testing/queue-harness';
import type { ProbeJob } from './probe.contract';

/** The process and thread that run, or have run, a job. */
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
