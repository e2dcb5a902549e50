import type { IRedisTransaction, RedisClient } from 'bullmq';
import { ARRIVED_AT } from '../key-limits';
import { type KeyLimits } from '../../contract/key-limits';
import { LIMIT_BY_KEY } from './redis-key-limits.lua';

/** In milliseconds: how often a worker looks for slots of jobs that were removed, or ended elsewhere. */
const SWEEP_INTERVAL = 5_000;

const COMMAND = 'limitByKey';

/** Runs the script of the limits by key for one queue. */
export class RedisKeyLimits {
  private sweptAt = -Infinity;
  /** Of a sweep that is under way, which takes several calls if there are many keys. */
  private page = 0;
  /** When something can be released next, in milliseconds since 1970; 0 if no time is known. */
  private nextAt = 0;
  private readonly limits: string;

  /** @param base what the keys of the queue begin with, with the colon */
  constructor(
    private readonly base: string,
    { concurrency, rate }: KeyLimits = {},
  ) {
    this.limits = JSON.stringify({ concurrency, max: rate?.max, per: rate?.per });
  }

  /** Parks jobs that were added, in this order, unless they wait for a time. */
  async arrived(client: RedisClient, ids: readonly string[]): Promise<void> {
    await this.run(client, 'arrived', ids);
  }

  /** Parks a job that is put among the waiting ones by the same transaction, for whose client this is prepared. */
  redriven(transaction: IRedisTransaction, id: string): void {
    transaction.runCommand(COMMAND, this.args('redriven', [id]));
  }

  /** Lets a client have the script. */
  prepare(client: RedisClient): void {
    if (Reflect.get(client, COMMAND) !== undefined) return;
    client.defineCommand(COMMAND, { numberOfKeys: 1, lua: LIMIT_BY_KEY });
  }

  /** Parks a job that was fetched without being released, as if it had not been fetched. */
  async returned(client: RedisClient, id: string, token: string): Promise<void> {
    await this.run(client, 'returned', [id, token]);
  }

  /** Lets every parked job run. */
  async releaseAll(client: RedisClient): Promise<void> {
    let left = 1;
    while (left > 0) left = Number(await this.run(client, 'release-all', []));
  }

  async pause(client: RedisClient, key: string, delay: number): Promise<void> {
    await this.run(client, 'pause', [key, delay]);
  }

  /** Releases what a start of this key leaves room for, or sets the time of the next one. */
  async started(client: RedisClient, key: string): Promise<void> {
    await this.run(client, 'started', [key]);
  }

  /**
   * Releases what there is room for. Call it right before BullMQ's script that fetches, and do not await it: both are
   * sent together, in this order.
   *
   * @param ended the job that this script ends, with the token of its lock
   */
  async beforeFetch(
    client: RedisClient,
    ended?: { readonly id: string; readonly token: string },
  ): Promise<void> {
    const action = ended === undefined ? 'fetch' : 'end';
    const more = ended === undefined ? [] : [ended.id, ended.token];
    const answer = await this.run(client, action, [this.pageToSweep(), ...more]);
    const [wait, page] = answer as [number, number];
    this.nextAt = wait === 0 ? 0 : Date.now() + wait;
    if (page >= 0) this.page = page;
  }

  /** When the worker fetches next, without a job to wait for: BullMQ's answer counts parked jobs as delayed. */
  nextFetchAt(delayUntil: number | undefined): number {
    const times = [delayUntil ?? 0, this.nextAt].filter((time) => time > 0 && time < ARRIVED_AT);
    return times.length === 0 ? 0 : Math.min(...times);
  }

  private pageToSweep(): number {
    if (this.page === 0 && performance.now() - this.sweptAt < SWEEP_INTERVAL) return -1;
    this.sweptAt = performance.now();
    return this.page;
  }

  private async run(
    client: RedisClient,
    action: string,
    more: readonly (string | number)[],
  ): Promise<unknown> {
    this.prepare(client);
    return client.runCommand(COMMAND, this.args(action, more)) as Promise<unknown>;
  }

  private args(action: string, more: readonly (string | number)[]): (string | number)[] {
    // The key says which node of a cluster has all of them.
    return [`${this.base}limits:keys`, action, this.base, this.limits, Date.now(), ...more];
  }
}
