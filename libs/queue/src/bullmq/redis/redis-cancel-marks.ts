import { CANCELLED } from '../../attempt/job-cancelled.error';
import type { RedisClient } from '../../connection/redis/redis-client';
import type { CancelMarks, Mark, MarkedJob, MarkOutcome } from '../cancel-marks';
import { REDIS_FIELDS, REDIS_STATES } from '../internals';

/** How a command is sent, and what the keys of a queue begin with. */
export interface Commands {
  run<Answer>(command: (client: RedisClient) => Promise<Answer>): Promise<Answer>;
  keyPrefixOf(queue: string): string;
}

const { deferredFailure, schedule, attemptsStarted, failure, addedAt, delay } = REDIS_FIELDS;

/** How many jobs a script reads. */
const CHUNK = 1_000;

/**
 * KEYS: the job, its lock, its lists and sets as in {@link REDIS_STATES}.
 * ARGV: its id, the failure, the token of the lock, its duration, what the failure of a cancelled job begins with.
 *
 * An id may be a key of the queue that is not a job. One that has a lock runs.
 */
const MARK = `
local job, lock, active, completed, failed = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, cancelled = ARGV[1], ARGV[5]
if redis.call('TYPE', job).ok ~= 'hash' or redis.call('HEXISTS', job, '${addedAt}') == 0 then return {'missing'} end
local mark = redis.call('HGET', job, '${deferredFailure}')
local isMarked = mark and string.sub(mark, 1, #cancelled) == cancelled
if redis.call('ZSCORE', completed, id) then
  if isMarked then redis.call('HDEL', job, '${deferredFailure}') end
  return {'completed'}
end
if redis.call('ZSCORE', failed, id) then return {'failed', redis.call('HGET', job, '${failure}') or ''} end
if not isMarked then
  mark = ARGV[2]
  redis.call('HSET', job, '${deferredFailure}', mark)
end
if redis.call('EXISTS', lock) == 1 then return {'running'} end
local isActive = redis.call('LPOS', active, id)
if not isActive then
  local isScheduled = redis.call('HEXISTS', job, '${schedule}') == 1
  if isScheduled and (redis.call('HGET', job, '${attemptsStarted}') or '0') == '0' then return {'scheduled'} end
  local isTaken = false
  for index = 6, 8 do isTaken = isTaken or redis.call('ZREM', KEYS[index], id) == 1 end
  for index = 9, 10 do isTaken = isTaken or redis.call('LREM', KEYS[index], 1, id) == 1 end
  if not isTaken then return {'missing'} end
  redis.call('LPUSH', active, id)
end
redis.call('SET', lock, ARGV[3], 'PX', ARGV[4])
redis.call('HSET', job, '${delay}', 0)
return {'claimed', mark}`;

/** KEYS: running jobs of one queue. Returns the mark of each that has one, with its place. */
const MARKED = `
local found = {}
for index, job in ipairs(KEYS) do
  local mark = redis.call('HGET', job, '${deferredFailure}')
  if mark and string.sub(mark, 1, #ARGV[1]) == ARGV[1] then
    found[#found + 1] = {index, mark}
  end
end
return found`;

/**
 * KEYS: the failed jobs. ARGV: what the keys of the queue begin with, what the failure of a cancelled job begins with,
 * from, to, how many to skip, how many to read, whether to remove those that were cancelled. Removes what BullMQ's own
 * removal of old jobs does.
 */
const EACH_CANCELLED = `
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[3], ARGV[4], 'LIMIT', ARGV[5], ARGV[6])
local count = 0
for _, id in ipairs(ids) do
  local job = ARGV[1] .. id
  local failure = redis.call('HGET', job, '${failure}')
  if failure and string.sub(failure, 1, #ARGV[2]) == ARGV[2] then
    count = count + 1
    if ARGV[7] == '1' then
      redis.call('ZREM', KEYS[1], id)
      redis.call('DEL', job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful')
    end
  end
end
return {#ids, count}`;

/** On BullMQ's keys in Redis. */
export class RedisCancelMarks implements CancelMarks {
  constructor(private readonly store: Commands) {}

  async mark({ queue, id, failure: reason, token, lockDuration }: Mark): Promise<MarkOutcome> {
    const base = this.store.keyPrefixOf(queue);
    const keys = [`${base}${id}`, `${base}${id}:lock`];
    const states = REDIS_STATES.map((state) => `${base}${state}`);
    const [found, text = ''] = await this.evaluate<[MarkOutcome['found'], string?]>(
      MARK,
      [...keys, ...states],
      [id, reason, token, lockDuration, CANCELLED],
    );
    return { found, failure: text };
  }

  async marked(running: ReadonlyMap<string, readonly string[]>): Promise<MarkedJob[]> {
    const all = [...running].map(async ([queue, ids]) => {
      const base = this.store.keyPrefixOf(queue);
      const keys = ids.map((id) => `${base}${id}`);
      const found = await this.evaluate<[number, string][]>(MARKED, keys, [CANCELLED]);
      return found.map(([place, mark]) => ({ queue, id: ids[place - 1] ?? '', failure: mark }));
    });
    return (await Promise.all(all)).flat();
  }

  count(queue: string): Promise<number> {
    return this.eachCancelled(queue, '-inf', '+inf', false);
  }

  remove(queue: string, from: number, to: number): Promise<number> {
    return this.eachCancelled(queue, from, to, true);
  }

  private async eachCancelled(
    queue: string,
    from: number | string,
    to: number | string,
    isRemoved: boolean,
  ): Promise<number> {
    const base = this.store.keyPrefixOf(queue);
    let total = 0;
    for (let skip = 0; ;) {
      const [read, count] = await this.evaluate<[number, number]>(
        EACH_CANCELLED,
        [`${base}failed`],
        [base, CANCELLED, from, to, skip, CHUNK, isRemoved ? 1 : 0],
      );
      total += count;
      if (read < CHUNK) return total;
      skip += isRemoved ? read - count : read;
    }
  }

  private async evaluate<Answer>(
    script: string,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<Answer> {
    return (await this.store.run((client) =>
      client.eval(script, keys.length, ...keys, ...args),
    )) as Answer;
  }
}
