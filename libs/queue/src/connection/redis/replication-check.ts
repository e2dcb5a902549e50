import { Logger } from '@nestjs/common';
import { QueueRefusingError } from '../queue-refusing.errors';
import type { RedisClient } from './redis-client';

/** Looks once at the replicas of a server: what could a failover lose? */
export class ReplicationCheck {
  private readonly logger = new Logger('QueueStore');
  private isDone = false;

  constructor(
    private readonly client: RedisClient,
    /** The store, without its password. */
    private readonly location: string,
    /** How many replicas must have a job (`replicas`). */
    private readonly replicas: number,
  ) {}

  /**
   * Fails if too few replicas are attached for a job to be added.
   *
   * @throws QueueRefusingError
   */
  async requireReplicas(): Promise<void> {
    if (this.replicas === 0) return;
    const attached = attachedReplicas(await this.client.info('replication'));
    if (attached === undefined || attached >= this.replicas) return;
    throw new QueueRefusingError(this.location, tooFew(attached, this.replicas));
  }

  /** Warns once. Fails if the account may not wait for replicas, and has to. */
  async check(): Promise<void> {
    if (this.isDone) return;
    if (this.replicas > 0) await this.client.wait(0, 1);
    const info = await this.client.info('replication');
    this.isDone = true;
    const warning = replicationWarning(info, this.location, this.replicas);
    if (warning !== undefined) this.logger.warn(warning);
  }
}

/**
 * What the reply to INFO says about losing acknowledged jobs at a failover.
 *
 * @param required how many replicas must have a job (`replicas`)
 * @returns a sentence for the log; undefined if there is nothing to say
 */
export function replicationWarning(
  info: string,
  location: string,
  required: number,
): string | undefined {
  const attached = attachedReplicas(info);
  if (attached === undefined) return undefined;
  if (attached < required) return `The Redis ${location}: ${tooFew(attached, required)}`;
  // This line is there if `min-replicas-to-write` is set.
  const isGuarded = /^min_slaves_good_slaves:/m.test(info);
  if (attached === 0 || required > 0 || isGuarded) return undefined;
  return (
    `The Redis ${location} has ${replicas(attached)} and confirms jobs that none of them has yet: a failover ` +
    'loses those. Set the option "replicas", or at least `redis-cli CONFIG SET min-replicas-to-write 1`, and the ' +
    'same in redis.conf.'
  );
}

/** Undefined if the account may not ask. */
function attachedReplicas(info: string): number | undefined {
  const count = /^connected_slaves:(\d+)/m.exec(info)?.[1];
  return count === undefined ? undefined : Number(count);
}

function tooFew(attached: number, required: number): string {
  return (
    `it has ${replicas(attached)}, and ${required} must have each job (the option "replicas"): nothing can be added ` +
    'until more are attached. See `redis-cli INFO replication`.'
  );
}

function replicas(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`;
}
