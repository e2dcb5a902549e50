import type { RedisClient } from '../../connection/redis/redis-client';
import { ARRIVED_AT, isParked, PARKED_AT } from '../key-limits';
import { LATELY, PAUSE_NOTE, type QueueCounts } from '../queue-counts';

/** The scores of delayed jobs are times in milliseconds, multiplied by this, plus a counter. */
const DELAYED_SCORE = 0x1000;

/** The first score of the jobs that wait for room in their key, among the delayed ones. */
export const FIRST_PARKED_SCORE = ARRIVED_AT * DELAYED_SCORE;

/** The first score of a delayed job that is not due at this time. */
export function firstScoreAfter(now: number): number {
  return (now + 1) * DELAYED_SCORE;
}

/** The keys of the script, after the prefix of the queue. */
const KEYS = [
  'wait',
  'paused',
  'prioritized',
  'delayed',
  'active',
  'failed',
  'completed',
  'waiting-children',
  'meta',
];

/**
 * Of one queue, in one step. Of the jobs that may wait longest it returns what tells since when: those at the end of
 * the list that is fetched next, the one at its start (last in, first out), and the first job of each priority.
 * ARGV: the prefix, the first score that is not due, since when is lately, the first score of those that wait for room
 * in their key, the first one of those among them that a worker has looked at.
 */
const COUNTS = `
local candidates = redis.call('LRANGE', KEYS[1], -100, -1)
for _, key in ipairs({KEYS[1], KEYS[2]}) do
  for _, id in ipairs(redis.call('LRANGE', key, 0, 0)) do table.insert(candidates, id) end
end
for _, id in ipairs(redis.call('LRANGE', KEYS[2], -1, -1)) do table.insert(candidates, id) end
local priority = 0
for _ = 1, 100 do
  local first = redis.call(
    'ZRANGEBYSCORE', KEYS[3], priority * 0x100000000, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if #first == 0 then break end
  table.insert(candidates, first[1])
  priority = math.floor(tonumber(first[2]) / 0x100000000) + 1
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], ARGV[4], '+inf', 'LIMIT', 0, 100)) do
  table.insert(candidates, id)
end
local waiting = {}
for _, id in ipairs(candidates) do
  table.insert(waiting, redis.call('HMGET', ARGV[1] .. id, 'timestamp', 'processedOn', 'opts', 'atm'))
end
return {
  redis.call('LLEN', KEYS[1]) + redis.call('LLEN', KEYS[2]) + redis.call('ZCARD', KEYS[3])
    + redis.call('ZCOUNT', KEYS[4], ARGV[4], '+inf'),
  redis.call('ZCOUNT', KEYS[4], '-inf', '(' .. ARGV[2]),
  redis.call('ZCOUNT', KEYS[4], ARGV[2], '(' .. ARGV[4]),
  redis.call('LLEN', KEYS[5]),
  redis.call('ZCARD', KEYS[6]),
  redis.call('ZCARD', KEYS[8]),
  redis.call('ZCOUNT', KEYS[7], '(' .. ARGV[3], '+inf'),
  redis.call('ZCOUNT', KEYS[6], '(' .. ARGV[3], '+inf'),
  redis.call('HMGET', KEYS[9], 'paused', 'concurrency', '${PAUSE_NOTE}'),
  redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES'),
  waiting,
  redis.call('ZCOUNT', KEYS[4], ARGV[5], '+inf'),
}`;

/** The times of a job that waits: added, last started, its options, the attempts made. */
type WaitingJob = [
  timestamp: string | null,
  processedOn: string | null,
  opts: string | null,
  attempts: string | null,
];

type Answer = [
  waiting: number,
  due: number,
  delayed: number,
  running: number,
  failed: number,
  waitingForChildren: number,
  completedLately: number,
  failedLately: number,
  meta: [paused: string | null, concurrency: string | null, pauseNote: string | null],
  nextDelayed: [] | [id: string, score: string],
  waitingJobs: WaitingJob[],
  parked: number,
];

/**
 * Counts the jobs of one queue in Redis.
 *
 * @param prefix what its keys begin with
 */
export async function redisQueueCounts(
  client: RedisClient,
  queue: string,
  prefix: string,
  now: number,
): Promise<QueueCounts> {
  const keys = KEYS.map((name) => `${prefix}${name}`);
  const answer = (await client.eval(
    COUNTS,
    keys.length,
    ...keys,
    prefix,
    String(firstScoreAfter(now)),
    String(now - LATELY),
    String(FIRST_PARKED_SCORE),
    String(PARKED_AT * DELAYED_SCORE),
  )) as Answer;
  const [waiting, due, delayed, running, failed, waitingForChildren, ...others] = answer;
  const [completedLately, failedLately, meta, [, score], waitingJobs, parked] = others;
  const [paused, concurrency, pauseNote] = meta;
  const times = waitingJobs.map(waitingSince).filter((time) => !Number.isNaN(time));
  if (due > 0 && score !== undefined) times.push(Math.floor(Number(score) / DELAYED_SCORE));
  return {
    queue,
    waiting,
    parked,
    due,
    delayed,
    running,
    failed,
    waitingForChildren,
    oldest: times.length === 0 ? undefined : Math.min(...times),
    completedLately,
    failedLately,
    paused: paused !== null,
    pauseNote: pauseNote ?? undefined,
    concurrency: concurrency === null ? undefined : Number(concurrency),
  };
}

/** Since when a job could have run. Redis does not keep when a delay ended, so it is computed from the options. */
function waitingSince([timestamp, processedOn, opts, attempts]: WaitingJob): number {
  const { delay, backoff } = parseOptions(opts);
  if (processedOn === null) return Number(timestamp ?? NaN) + numberIn(delay);
  if (typeof backoff !== 'object' || backoff === null)
    return Number(processedOn) + numberIn(backoff);
  const made = Math.max(1, Number(attempts ?? 1));
  const factor = Reflect.get(backoff, 'type') === 'exponential' ? 2 ** (made - 1) : 1;
  return Number(processedOn) + numberIn(Reflect.get(backoff, 'delay')) * factor;
}

function parseOptions(opts: string | null): { delay?: unknown; backoff?: unknown } {
  try {
    const parsed: unknown = JSON.parse(opts ?? '{}');
    if (typeof parsed !== 'object' || parsed === null) return {};
    // A job that waits, or has waited, for room in its key has no delay of its own.
    const { delay } = parsed as { delay?: number };
    return isParked({ delay, opts: parsed }) ? { ...parsed, delay: 0 } : parsed;
  } catch {
    return {};
  }
}

function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
