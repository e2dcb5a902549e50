import { Injectable } from '@nestjs/common';
import { postgresRunHistory } from '../../bullmq/postgres/postgres-run-history';
import { redisRunHistory } from '../../bullmq/redis/redis-run-history';
import { MINUTE, type FinishedInMinute, type RunHistory } from '../../bullmq/run-history';
import { QueueStore, type StoreAccess } from '../../store/queue-store';
import { StoreRequiredError } from '../../store/store-required.error';
import { type Durations, type FinishedJobs, HISTORY_LENGTH } from '../page-data';

export interface QueueHistory {
  readonly history: readonly FinishedJobs[];
  readonly durations: Durations | null;
}

/** What the queues finished in the last half hour. Minutes that are over are read once. */
@Injectable()
export class RunHistories {
  private readonly minutes = new Map<string, Map<number, FinishedInMinute>>();
  /** The start of the latest minute that was read for these queues. */
  private readUntil = 0;
  private readQueues = '';

  constructor(private readonly store: QueueStore) {}

  async read(queues: readonly string[], now = Date.now()): Promise<Map<string, QueueHistory>> {
    const first = startOfMinute(now) - (HISTORY_LENGTH - 1) * MINUTE;
    const isSame = this.readQueues === queues.join();
    // The clocks of workers differ a little.
    const since = isSame ? Math.max(first, this.readUntil - MINUTE) : first;
    const found = await readHistories(this.store.access, queues, since, now);
    this.readUntil = startOfMinute(now);
    this.readQueues = queues.join();
    return new Map(
      found.map(({ queue, minutes, durations }) => {
        const known = this.merge(queue, minutes, { first, since });
        const history = Array.from({ length: HISTORY_LENGTH }, (_, index) => {
          const { completed = 0, failed = 0 } = known.get(first + index * MINUTE) ?? {};
          return { completed, failed };
        });
        return [queue, { history, durations: describeDurations(durations) }];
      }),
    );
  }

  private merge(
    queue: string,
    found: readonly FinishedInMinute[],
    { first, since }: { first: number; since: number },
  ): Map<number, FinishedInMinute> {
    const earlier = [...(this.minutes.get(queue)?.values() ?? [])];
    const kept = earlier.filter(({ at }) => at >= first && at < since);
    const merged = new Map([...kept, ...found].map((minute) => [minute.at, minute]));
    this.minutes.set(queue, merged);
    return merged;
  }
}

function startOfMinute(time: number): number {
  return Math.floor(time / MINUTE) * MINUTE;
}

async function readHistories(
  access: StoreAccess,
  queues: readonly string[],
  since: number,
  now: number,
): Promise<RunHistory[]> {
  if (access.kind === 'memory') throw new StoreRequiredError('The history of runs');
  if (access.kind === 'postgres') {
    return postgresRunHistory((text, parameters) => access.query(text, parameters), queues, since);
  }
  return Promise.all(
    queues.map((queue) =>
      access.run((client) => redisRunHistory(client, queue, access.keyPrefixOf(queue), since, now)),
    ),
  );
}

export function describeDurations(durations: readonly number[]): Durations | null {
  if (durations.length === 0) return null;
  const sorted = [...durations].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { jobs: sorted.length, median: at(0.5), p95: at(0.95), longest: at(1) };
}
