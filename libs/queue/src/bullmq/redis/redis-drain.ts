import type { RedisClient } from '../../connection/redis/redis-client';
import type { DrainedState } from '../queue-counts';
import { FIRST_PARKED_SCORE, firstScoreAfter } from './redis-queue-counts';

/** Jobs that are read, and then removed, at the same time. */
const CHUNK = 500;

/** What the ids of the jobs of a schedule begin with. Other ids have no colon. */
const SCHEDULED = 'repeat:';

/** One list or sorted set of jobs. */
interface JobSet {
  count(client: RedisClient): Promise<number>;
  /** Ids, the ones that have been there longest first, where that is known. */
  read(client: RedisClient, skip: number): Promise<string[]>;
}

export interface RedisDrain {
  run: <Answer>(command: (client: RedisClient) => Promise<Answer>) => Promise<Answer>;
  /** What the keys of the queue begin with. */
  prefix: string;
  /** Removes one job, unless it runs. @returns whether it was removed */
  remove: (id: string) => Promise<boolean>;
}

/**
 * Removes jobs in these states from a queue in Redis, some hundred at a time. BullMQ's `drain` is one script, during
 * which the server answers to no other client, and which loses the next job of a schedule if that one waits. Of jobs
 * added meanwhile some may be removed, and as many of the others stay.
 *
 * @returns how many were removed
 */
export async function drainRedis(
  drain: RedisDrain,
  states: readonly DrainedState[],
): Promise<number> {
  const now = Date.now();
  let total = 0;
  for (const set of states.flatMap((state) => setsOf(drain.prefix, state, now))) {
    total += await drainSet(drain, set);
  }
  return total;
}

/** Ends after as many jobs as there are at its start, also if jobs are added all the time. */
async function drainSet({ run, remove }: RedisDrain, set: JobSet): Promise<number> {
  const limit = await run((client) => set.count(client));
  let removed = 0;
  let skip = 0;
  while (removed + skip < limit) {
    const ids = await run((client) => set.read(client, skip));
    if (ids.length === 0) break;
    const outcomes = await Promise.all(
      ids.map(async (id) => !id.startsWith(SCHEDULED) && (await remove(id))),
    );
    const done = outcomes.filter(Boolean).length;
    removed += done;
    // Those that stay, and those that a worker has taken meanwhile.
    skip += ids.length - done;
  }
  return removed;
}

function setsOf(prefix: string, state: DrainedState, now: number): JobSet[] {
  const due = firstScoreAfter(now);
  switch (state) {
    case 'waiting':
      return [
        list(`${prefix}wait`),
        list(`${prefix}paused`),
        sortedSet(`${prefix}prioritized`),
        sortedSet(`${prefix}delayed`, String(FIRST_PARKED_SCORE)),
      ];
    case 'due':
      return [sortedSet(`${prefix}delayed`, '-inf', `(${due}`)];
    case 'delayed':
      return [sortedSet(`${prefix}delayed`, String(due), `(${FIRST_PARKED_SCORE}`)];
  }
}

/** The next job to be fetched is the last one. */
function list(key: string): JobSet {
  return {
    count: (client) => client.llen(key),
    read: async (client, skip) => (await client.lrange(key, -CHUNK - skip, -1 - skip)).reverse(),
  };
}

function sortedSet(key: string, from = '-inf', to = '+inf'): JobSet {
  return {
    count: (client) => client.zcount(key, from, to),
    read: (client, skip) => client.zrangebyscore(key, from, to, 'LIMIT', skip, CHUNK),
  };
}
