import type { ThrottlerStorage } from '@nestjs/throttler';
import type { RequestCounts } from '@libs/data-access/request-counts';

/** How many blocked clients a process remembers. Others cost a statement for each of their requests. */
const REMEMBERED = 10_000;

type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts the requests for all processes of the api, in its database. A client over the limit costs the database nothing
 * more until its window ends: each process remembers whom it has refused.
 */
export class SharedThrottlerStorage implements ThrottlerStorage {
  /** The number of requests of blocked clients, and when they may go on, by `performance.now()`. */
  private readonly blocked = new Map<string, { requests: number; until: number }>();

  constructor(private readonly counts: RequestCounts) {}

  /** Times are in seconds, as in the headers of the answer. */
  async increment(key: string, _window: number, limit: number): Promise<ThrottlerRecord> {
    const now = performance.now();
    const known = this.blocked.get(key);
    if (known !== undefined && known.until > now) {
      known.requests += 1;
      return recordOf(known.requests, known.until - now, true);
    }
    this.blocked.delete(key);
    const { requests, endsIn } = await this.counts.add(key);
    const isBlocked = requests > limit;
    if (isBlocked) this.remember(key, { requests, until: now + endsIn });
    return recordOf(requests, endsIn, isBlocked);
  }

  private remember(key: string, block: { requests: number; until: number }): void {
    const [oldest] = this.blocked.keys();
    if (oldest !== undefined && this.blocked.size >= REMEMBERED) this.blocked.delete(oldest);
    this.blocked.set(key, block);
  }
}

function recordOf(totalHits: number, endsIn: number, isBlocked: boolean): ThrottlerRecord {
  const seconds = Math.max(1, Math.ceil(endsIn / 1_000));
  return {
    totalHits,
    isBlocked,
    timeToExpire: seconds,
    timeToBlockExpire: isBlocked ? seconds : 0,
  };
}
