import { QueueError } from '../errors/queue.error';

/**
 * Jobs are to be moved out of a queue while some of it run.
 *
 * To do: wait until they have ended, or stop the workers that still have the queue's contract: they requeue what they do
 * not finish. Then move the jobs.
 *
 * @group Operating queues
 */
export class QueueStillRunsError extends QueueError {
  readonly code = 'QUEUE_STILL_RUNS';
  override readonly userFacing = true;

  constructor(
    readonly queue: string,
    readonly count: number,
    /** Of some of them. */
    readonly ids: readonly string[],
  ) {
    const jobs = count === 1 ? '1 job' : `${count} jobs`;
    super(
      `${jobs} of the queue "${queue}" run: ${ids.join(', ')}${count > ids.length ? ', …' : ''}. Nothing was moved. ` +
        'Wait until they have ended, or stop the workers that still process this queue, then move the jobs.',
    );
  }
}

/**
 * Jobs are to be moved between two queues that a Redis Cluster keeps on different nodes, where no step can happen in
 * both or in none.
 *
 * To do: deploy a worker that still has the contract of the old queue until its jobs have run, or keep all queues on one node
 * with a prefix in braces, `?prefix={jobs}`, from the start.
 *
 * @group Operating queues
 */
export class MoveAcrossNodesError extends QueueError {
  readonly code = 'MOVE_ACROSS_NODES';
  override readonly userFacing = true;

  constructor(
    readonly from: string,
    readonly to: string,
    /** The store, without user and password. */
    readonly store: string,
  ) {
    super(
      `The cluster at ${store} keeps the queues "${from}" and "${to}" on nodes of their own, where a job could be lost or run ` +
        'twice between the two. Nothing was moved. Run a worker that still has the old contract until the queue is empty.',
    );
  }
}
