import type { RedisQueueBackend } from 'bullmq';
import {
  type KeyLimits,
  type KeyPauses,
  LIMIT_KEY,
  limitKeyOf,
  type WithKeyLimits,
} from '../../contract/key-limits';
import { REDIS_FIELDS } from '../internals';
import { RedisBackend } from './redis-backend';
import { RedisKeyLimits } from './redis-key-limits';
import { RELEASED } from './redis-key-limits.lua';

type Fetched = Awaited<ReturnType<RedisQueueBackend['moveToActive']>>;

/** What such a script answers; BullMQ types it as a list of anything. */
type Answer = readonly [
  job: { readonly opts: object } | null | undefined,
  id: string,
  limitDelay: number,
  delayUntil: number | undefined,
];

/** The backend of a worker with limits by key: each script that fetches or ends a job comes after ours. */
export class LimitedRedisBackend extends RedisBackend implements KeyPauses {
  private readonly limits: KeyLimits;
  private readonly workerName: string | undefined;
  /** Ids of jobs that a script of BullMQ's has just fetched without a release. */
  private readonly unreleased = new Set<string>();
  private readonly keyLimits: RedisKeyLimits;

  constructor(...args: ConstructorParameters<typeof RedisBackend>) {
    super(...args);
    const [, , options] = args;
    this.onFetched = (fields, id) => {
      this.inspect(fields, id);
    };
    this.workerName = (options as { name?: string }).name;
    this.limits = (options as WithKeyLimits).keyLimits ?? {};
    this.keyLimits = new RedisKeyLimits(this.toKey(''), this.limits);
  }

  override async moveToActive(
    ...args: Parameters<RedisQueueBackend['moveToActive']>
  ): Promise<Fetched> {
    await this.before();
    return this.fetched(await super.moveToActive(...args), args[0]);
  }

  override async moveToCompleted(
    ...[job, result, remove, token, fetchNext]: Parameters<RedisQueueBackend['moveToCompleted']>
  ): ReturnType<RedisQueueBackend['moveToCompleted']> {
    await this.before({ id: job.id ?? '', token });
    const ended = await super.moveToCompleted(job, result, remove, token, fetchNext);
    return { ...ended, result: await this.fetched(ended.result, token) };
  }

  override async moveToFailed(
    ...[job, reason, remove, token, ...others]: Parameters<RedisQueueBackend['moveToFailed']>
  ): ReturnType<RedisQueueBackend['moveToFailed']> {
    await this.before({ id: job.id ?? '', token });
    const ended = await super.moveToFailed(job, reason, remove, token, ...others);
    return { ...ended, result: await this.fetched(ended.result, token) };
  }

  override async moveToDelayed(
    ...[id, timestamp, delay, token = '0', options]: Parameters<RedisQueueBackend['moveToDelayed']>
  ): ReturnType<RedisQueueBackend['moveToDelayed']> {
    await this.before({ id, token });
    const { fetchNext = false, ...others } = options ?? {};
    await super.moveToDelayed(id, timestamp, delay, token, { ...others, fetchNext: false });
    if (!fetchNext) return [];
    // The parent's script would fetch this very job again, if its delay is 0.
    const next = (await this.moveToActive(token, this.workerName)) as unknown[];
    return next[0] ? next : [];
  }

  override async moveToWaitingChildren(
    ...[id, token, options]: Parameters<RedisQueueBackend['moveToWaitingChildren']>
  ): Promise<boolean> {
    await this.before({ id, token });
    return super.moveToWaitingChildren(id, token, options);
  }

  /** The parent would put it among the waiting jobs: its next attempt waits for room in its key. */
  override async retryJob(
    ...[id, , token, options]: Parameters<RedisQueueBackend['retryJob']>
  ): Promise<void> {
    await this.moveToDelayed(id, Date.now(), 0, token, options);
  }

  async pauseKey(key: string, delay: number): Promise<void> {
    await this.keyLimits.pause(await this.client, key, delay);
  }

  /**
   * Sends our script. Resolves when it is on its way, so that BullMQ's follows it at once; if it is refused, a later
   * one does the same, or the sweep.
   */
  private async before(ended?: { id: string; token: string }): Promise<void> {
    const client = await this.client;
    this.keyLimits.beforeFetch(client, ended).catch(() => undefined);
  }

  private async fetched<Result>(result: Result, token: string): Promise<Result> {
    if (!Array.isArray(result)) return result;
    const [job, id, limitDelay, delayUntil] = result as unknown as Answer;
    if (!job) {
      return [job, id, limitDelay, this.keyLimits.nextFetchAt(delayUntil)] as unknown as Result;
    }
    if (this.unreleased.delete(id)) {
      await this.keyLimits.returned(await this.client, id, token);
      return (await this.moveToActive(token, this.workerName)) as Result;
    }
    const key = limitKeyOf(job.opts);
    if (key !== undefined && this.limits.rate !== undefined) this.started(key);
    return result;
  }

  /** A job may be fetched without a release: its delay was stored between our script and BullMQ's, for example. */
  private inspect(fields: readonly string[], id: string): void {
    const field = (name: string) =>
      fields[fields.findIndex((each, index) => index % 2 === 0 && each === name) + 1];
    const hasKey = field(REDIS_FIELDS.options)?.includes(`"${LIMIT_KEY}":`) ?? false;
    if (hasKey && !fields.some((each, index) => index % 2 === 0 && each === RELEASED)) {
      this.unreleased.add(id);
    }
  }

  private started(key: string): void {
    void this.client.then((client) => this.keyLimits.started(client, key)).catch(() => undefined);
  }
}
