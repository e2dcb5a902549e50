import type { RedisQueueBackend } from 'bullmq';
import { type KeyLimits, type KeyPauses, limitKeyOf, type WithKeyLimits } from './key-limits';
import { RedisBackend } from './redis-backend';
import { RedisKeyLimits } from './redis-key-limits';

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
  private readonly keyLimits: RedisKeyLimits;

  constructor(...args: ConstructorParameters<typeof RedisBackend>) {
    super(...args);
    const [, , options] = args;
    this.limits = (options as WithKeyLimits).keyLimits ?? {};
    this.keyLimits = new RedisKeyLimits(this.toKey(''), this.limits);
  }

  override async moveToActive(
    ...args: Parameters<RedisQueueBackend['moveToActive']>
  ): Promise<Fetched> {
    await this.before();
    return this.fetched(await super.moveToActive(...args));
  }

  override async moveToCompleted(
    ...[job, result, remove, token, fetchNext]: Parameters<RedisQueueBackend['moveToCompleted']>
  ): ReturnType<RedisQueueBackend['moveToCompleted']> {
    await this.before({ id: job.id ?? '', token });
    const ended = await super.moveToCompleted(job, result, remove, token, fetchNext);
    return { ...ended, result: this.fetched(ended.result) };
  }

  override async moveToFailed(
    ...[job, reason, remove, token, ...others]: Parameters<RedisQueueBackend['moveToFailed']>
  ): ReturnType<RedisQueueBackend['moveToFailed']> {
    await this.before({ id: job.id ?? '', token });
    const ended = await super.moveToFailed(job, reason, remove, token, ...others);
    return { ...ended, result: this.fetched(ended.result) };
  }

  override async moveToDelayed(
    ...[id, timestamp, delay, token = '0', options]: Parameters<RedisQueueBackend['moveToDelayed']>
  ): ReturnType<RedisQueueBackend['moveToDelayed']> {
    await this.before({ id, token });
    return this.fetched(await super.moveToDelayed(id, timestamp, delay, token, options));
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

  private fetched<Result>(result: Result): Result {
    if (!Array.isArray(result)) return result;
    const [job, id, limitDelay, delayUntil] = result as unknown as Answer;
    if (job === null || job === undefined) {
      return [job, id, limitDelay, this.keyLimits.nextFetchAt(delayUntil)] as unknown as Result;
    }
    const key = limitKeyOf(job.opts);
    if (key !== undefined && this.limits.rate !== undefined) this.started(key);
    return result;
  }

  private started(key: string): void {
    void this.client.then((client) => this.keyLimits.started(client, key)).catch(() => undefined);
  }
}
