import { QueueError } from '../../errors/queue.error';

/** What is known about jobs whose replication was not confirmed. */
export interface ReplicationProblem {
  /** The store, without its password. */
  readonly store: string;
  /** How many replicas have to confirm (`replicas`). */
  readonly required: number;
  /** How many did. */
  readonly confirmed: number;
  /** For how long they were waited for, in milliseconds. */
  readonly waited: number;
  /** Whether the server has the jobs. Otherwise none was added. */
  readonly isAdded: boolean;
}

/**
 * Too few replicas of the Redis have confirmed a job in time (`replicas`).
 *
 * If `isAdded` is true, the server itself has the job: it runs, unless a failover loses it. Otherwise no job
 * was added, because replicas were missing before.
 *
 * To do: answer a request with 503, and add the job again later, with the same id (`jobId`), which adds no second
 * one. Jobs of the outbox are published again by themselves. Find out why the replicas lag or are gone: `redis-cli INFO replication`.
 *
 * @group Adding jobs
 */
export class TooFewReplicasError extends QueueError implements ReplicationProblem {
  readonly code = 'TOO_FEW_REPLICAS';
  override readonly userFacing = true;
  readonly store: string;
  readonly required: number;
  readonly confirmed: number;
  readonly waited: number;
  readonly isAdded: boolean;

  constructor({ store, required, confirmed, waited, isAdded }: ReplicationProblem) {
    super(
      (isAdded ? 'A job is not safe' : 'No job was added') +
        `: of the replicas of the Redis ${store}, ` +
        `${confirmed} confirmed within ${waited / 1_000} s, and ${required} must (the option "replicas"). ` +
        (isAdded ? 'The server has the job, which may run, and a failover may lose it. ' : '') +
        'Add it again later, with the same id if it has one: that adds no second job. ' +
        'See `redis-cli INFO replication`.',
    );
    this.store = store;
    this.required = required;
    this.confirmed = confirmed;
    this.waited = waited;
    this.isAdded = isAdded;
  }
}

/**
 * The option `replicas` was given, and the queues are not in Redis.
 *
 * To do: omit the option. A Postgres waits for its standbys with each commit if `synchronous_standby_names` names
 * them.
 *
 * @group Starting a process
 */
export class ReplicasUnsupportedError extends QueueError {
  readonly code = 'REPLICAS_UNSUPPORTED';
  override readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    readonly replicas: number,
  ) {
    super(
      `The option "replicas" is ${replicas}, and the queue store ${store} is a Postgres, which has no such option: ` +
        'it waits for its standbys with each commit if `synchronous_standby_names` in its configuration names ' +
        'them. Omit the option.',
    );
  }
}
