import { QueueError } from '../errors/queue.error';

/**
 * A contract has children, and the queue store is a Redis Cluster in which each queue is on a node of its own: a job and
 * its children could not be added at once.
 *
 * To do: keep all queues on one node with a prefix in braces, `?prefix={jobs}`, at the end of `QUEUE_URL`. Queues that
 * exist keep their jobs under their earlier prefix: drain them first.
 *
 * @group Starting a process
 */
export class FlowsUnsupportedError extends QueueError {
  readonly code = 'FLOWS_UNSUPPORTED';
  override readonly userFacing = true;

  constructor(
    /** The contract's name. */
    readonly job: string,
    /** The store, without user and password. */
    readonly store: string,
  ) {
    super(
      `The contract "${job}" has children, and the cluster at ${store} keeps each queue on a node of its own: a job ` +
        'and its children could not be added at once. Keep all queues on one node with ?prefix={jobs} at the end ' +
        'of the URL, or use a Redis that is not a cluster, or Postgres.',
    );
  }
}
