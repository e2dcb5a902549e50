import type { RedisClient } from '../../connection/redis/redis-client';
import { MINUTE, RECENT, type RunHistory } from '../run-history';

/**
 * Of one queue, in one step: the numbers of completed and of failed jobs of each minute, and the times of the latest
 * completed ones. ARGV: the prefix of the queue, the first minute, how many minutes.
 */
const HISTORY = `
local counts = {}
for index = 0, tonumber(ARGV[3]) - 1 do
  local from = tonumber(ARGV[2]) + index * ${MINUTE}
  local to = '(' .. string.format('%.0f', from + ${MINUTE})
  from = string.format('%.0f', from)
  table.insert(counts, redis.call('ZCOUNT', KEYS[1], from, to))
  table.insert(counts, redis.call('ZCOUNT', KEYS[2], from, to))
end
local times = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], -${RECENT}, -1)) do
  table.insert(times, redis.call('HMGET', ARGV[1] .. id, 'processedOn', 'finishedOn'))
end
return {counts, times}`;

type Answer = [counts: number[], times: [processedOn: string | null, finishedOn: string | null][]];

/**
 * What has finished in a queue since a time.
 *
 * @param prefix what its keys begin with
 * @param since the start of a minute
 */
export async function redisRunHistory(
  client: RedisClient,
  queue: string,
  prefix: string,
  since: number,
  now: number,
): Promise<RunHistory> {
  const length = Math.floor((now - since) / MINUTE) + 1;
  const keys = [`${prefix}completed`, `${prefix}failed`];
  const [counts, times] = (await client.eval(
    HISTORY,
    keys.length,
    ...keys,
    prefix,
    String(since),
    String(length),
  )) as Answer;
  const minutes = Array.from({ length }, (_, index) => ({
    at: since + index * MINUTE,
    completed: counts[2 * index] ?? 0,
    failed: counts[2 * index + 1] ?? 0,
  }));
  return {
    queue,
    minutes: minutes.filter(({ completed, failed }) => completed + failed > 0),
    durations: times.flatMap(([started, ended]) =>
      started === null || ended === null ? [] : [Number(ended) - Number(started)],
    ),
  };
}
