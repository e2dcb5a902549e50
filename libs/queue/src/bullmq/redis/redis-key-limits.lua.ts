import { ARRIVED_AT, PARKED_AT } from '../key-limits';
import { LIMIT_KEY } from '../../contract/key-limits';

/** BullMQ's scores of delayed jobs: the time, and 12 bits for their order. */
const SCORE = 0x1000;

/** A field of a job's hash: it was released, and is fetched rightly. */
export const RELEASED = 'released';

/**
 * In milliseconds: how long before its delay ends a job is taken from BullMQ's delayed ones. BullMQ's script, which
 * follows ours, is given a time that may be a little later.
 */
const AHEAD = 250;

/**
 * Everything that is done about limits by key on Redis, each step at once. Its keys begin as those of the queue, with
 * `limits:`, which no job id does:
 *
 *     parked:<key>   the jobs that wait for room, in their order: priority, then first come
 *     held:<key>     the jobs that were released, with what is known of their start
 *     starts:<key>   the starts of the latest window, if there is a rate
 *     until          keys by the time before which nothing of them is released
 *     due            jobs with a delay that is about to end, by the time of its end
 *     dirty          keys that jobs were added to
 *     keys           keys with jobs
 *     order          a counter
 *
 * A slot belongs to a job, not to a worker: it is given back when the job ends, and a sweep gives back those of jobs
 * that were removed. What is due or arrives is parked before BullMQ's own script could take it; what is taken without
 * a release nevertheless is returned.
 *
 * ARGV: what to do, what the keys of the queue begin with, the limits as JSON, the time of the caller, and more.
 */
export const LIMIT_BY_KEY = `
local action, base, limits, now = ARGV[1], ARGV[2], cjson.decode(ARGV[3]), tonumber(ARGV[4])
local call = redis.call
local own, delayed, events = base .. 'limits:', base .. 'delayed', base .. 'events'
local arrivedScore, parkedScore = ${ARRIVED_AT * SCORE}, ${PARKED_AT * SCORE}
local batch = 500
local dirty, released, isLater = {}, 0, false

-- The server's clock, which all workers share.
local clock
local function time()
  if not clock then
    local parts = call('TIME')
    clock = parts[1] * 1000 + math.floor(parts[2] / 1000)
  end
  return clock
end

local function keyOf(id)
  local fields = call('HMGET', base .. id, 'limit', 'opts')
  if fields[1] then return fields[1] end
  if not fields[2] or not string.find(fields[2], '"${LIMIT_KEY}"', 1, true) then return nil end
  local isJson, opts = pcall(cjson.decode, fields[2])
  local key = isJson and type(opts) == 'table' and opts.${LIMIT_KEY}
  if type(key) ~= 'string' or key == '' then return nil end
  call('HSET', base .. id, 'limit', key)
  return key
end

local function park(id, key)
  local fields = call('HMGET', base .. id, 'priority', 'atm', 'opts')
  local order = call('INCR', own .. 'order') % 0x40000000
  if fields[3] and string.find(fields[3], '"lifo":true', 1, true) then order = -order end
  order = order + 0x80000000
  -- One that has run before is first.
  if (tonumber(fields[2]) or 0) > 0 then order = 0 end
  call('ZADD', own .. 'parked:' .. key, (tonumber(fields[1]) or 0) * 0x100000000 + order, id)
  call('ZADD', delayed, parkedScore, id)
  call('HSET', base .. id, 'delay', ${PARKED_AT})
  call('HDEL', base .. id, '${RELEASED}')
  call('ZADD', own .. 'keys', 0, key)
  dirty[key] = true
end

-- Held: how often the job had started before, and when it was released. Afterwards 's'.
local function recordStart(key, id, held)
  local before, releasedAt = string.match(held, '^(%d+):(%d+)$')
  if not before then return true end
  local fields = call('HMGET', base .. id, 'ats', 'processedOn')
  if (tonumber(fields[1]) or 0) <= tonumber(before) then return false end
  local at = math.min(time(), math.max(tonumber(releasedAt), tonumber(fields[2]) or 0))
  call('ZADD', own .. 'starts:' .. key, at, id .. ':' .. fields[1])
  call('HSET', own .. 'held:' .. key, id, 's')
  return true
end

local function letGo(key, id)
  local held = call('HGET', own .. 'held:' .. key, id)
  if not held then return end
  if limits.max then recordStart(key, id, held) end
  call('HDEL', own .. 'held:' .. key, id)
  call('HDEL', base .. id, '${RELEASED}')
end

-- As BullMQ promotes a delayed job: last among the waiting ones, whatever its key.
local function push(key, id)
  local fields = call('HMGET', base .. id, 'priority', 'ats')
  local priority = tonumber(fields[1]) or 0
  if priority == 0 then
    call('LPUSH', base .. 'wait', id)
  else
    local counter = call('INCR', base .. 'pc')
    call('ZADD', base .. 'prioritized', priority * 0x100000000 + counter % 0x100000000, id)
  end
  call('XADD', events, '*', 'event', 'waiting', 'jobId', id, 'prev', 'delayed')
  call('HSET', base .. id, 'delay', 0, '${RELEASED}', 1)
  local at = limits.max and time() or 0
  call('HSET', own .. 'held:' .. key, id, (tonumber(fields[2]) or 0) .. ':' .. string.format('%.0f', at))
  released = released + 1
end

local function release(key)
  local parked, held, starts = own .. 'parked:' .. key, own .. 'held:' .. key, own .. 'starts:' .. key
  if call('EXISTS', parked) == 0 then
    if call('EXISTS', held) == 0 then call('ZREM', own .. 'keys', key) end
    return
  end
  local blocked = call('ZSCORE', own .. 'until', key)
  if blocked then
    if tonumber(blocked) > time() then return end
    call('ZREM', own .. 'until', key)
  end
  local room, tokens, used = batch, batch, 0
  if limits.concurrency then room = math.min(room, limits.concurrency - call('HLEN', held)) end
  if room <= 0 then return end
  if limits.max then
    local all, waiting = call('HGETALL', held), 0
    for index = 1, #all, 2 do
      if not recordStart(key, all[index], all[index + 1]) then waiting = waiting + 1 end
    end
    call('ZREMRANGEBYSCORE', starts, '-inf', time() - limits.per)
    used = call('ZCARD', starts)
    if used > 0 then call('PEXPIRE', starts, limits.per) end
    -- A job that was released and has not started will take a start as well.
    tokens = limits.max - used - waiting
    room = math.min(room, tokens)
  end
  while room > 0 do
    local first = call('ZPOPMIN', parked)
    if #first == 0 then break end
    -- Otherwise it was removed, or promoted by hand.
    if call('ZREM', delayed, first[1]) == 1 then
      push(key, first[1])
      room, tokens = room - 1, tokens - 1
    end
  end
  if limits.max and tokens <= 0 and used > 0 then
    local oldest = call('ZRANGE', starts, 0, 0, 'WITHSCORES')
    call('ZADD', own .. 'until', oldest[2] + limits.per, key)
    isLater = true
  end
end

-- What is due has waited for its delay, and now waits for room.
local function admit()
  local others, soon = 0
  repeat
    soon = call('ZRANGEBYSCORE', delayed, 0, (now + ${AHEAD} + 1) * ${SCORE} - 1, 'WITHSCORES', 'LIMIT', others, batch)
    for index = 1, #soon, 2 do
      local id, at = soon[index], math.floor(soon[index + 1] / ${SCORE})
      local key = keyOf(id)
      if not key then
        others = others + 1
      elseif at <= now then
        park(id, key)
      else
        call('ZADD', own .. 'due', at, id)
        call('ZADD', delayed, parkedScore, id)
        call('HSET', base .. id, 'delay', ${PARKED_AT})
      end
    end
  until #soon < 2 * batch
  for _, id in ipairs(call('ZRANGEBYSCORE', own .. 'due', 0, now)) do
    call('ZREM', own .. 'due', id)
    -- Unless it was removed or promoted by hand.
    if call('ZSCORE', delayed, id) then park(id, keyOf(id)) end
  end
  local arrived = call('ZRANGEBYSCORE', delayed, arrivedScore, arrivedScore + ${SCORE - 1}, 'LIMIT', 0, batch)
  for _, id in ipairs(arrived) do
    local key = keyOf(id)
    if key then park(id, key) end
  end
  local added = call('SMEMBERS', own .. 'dirty')
  if #added > 0 then
    call('DEL', own .. 'dirty')
    for _, key in ipairs(added) do dirty[key] = true end
  end
  local first = call('ZRANGE', own .. 'until', 0, 0, 'WITHSCORES')
  if #first > 0 and tonumber(first[2]) <= time() then
    for _, key in ipairs(call('ZRANGEBYSCORE', own .. 'until', 0, time(), 'LIMIT', 0, batch)) do
      call('ZREM', own .. 'until', key)
      dirty[key] = true
    end
  end
  return #arrived == batch
end

-- Slots of jobs that were removed, or ended elsewhere.
local function sweep(page)
  local size = 100
  local keys = call('ZRANGE', own .. 'keys', page * size, page * size + size - 1)
  for _, key in ipairs(keys) do
    local held = call('HGETALL', own .. 'held:' .. key)
    for index = 1, #held, 2 do
      local id = held[index]
      local fields = call('HMGET', base .. id, 'timestamp', 'finishedOn')
      if not fields[1] or fields[2] or call('ZSCORE', delayed, id) then letGo(key, id) end
    end
    dirty[key] = true
  end
  return #keys == size and page + 1 or 0
end

local function wakeWorker()
  local meta = call('HMGET', base .. 'meta', 'paused', 'concurrency')
  if meta[1] then return end
  if meta[2] and call('LLEN', base .. 'active') >= tonumber(meta[2]) then return end
  call('ZADD', base .. 'marker', 0, '0')
end

if action == 'arrived' or action == 'redriven' then
  local isAny = false
  for index = 5, #ARGV do
    local id = ARGV[index]
    local key, isWaiting = keyOf(id), false
    if key and action == 'redriven' then
      isWaiting = call('LREM', base .. 'wait', 1, id) == 1 or call('ZREM', base .. 'prioritized', id) == 1
    elseif key then
      local score = tonumber(call('ZSCORE', delayed, id) or 0)
      isWaiting = score >= arrivedScore and score < arrivedScore + ${SCORE}
    end
    if isWaiting then
      park(id, key)
      call('SADD', own .. 'dirty', key)
      isAny = true
    end
  end
  if isAny then wakeWorker() end
  return 0
end

if action == 'returned' then
  local id, key = ARGV[5], keyOf(ARGV[5])
  if key and call('GET', base .. id .. ':lock') == ARGV[6] and call('LREM', base .. 'active', 1, id) == 1 then
    call('DEL', base .. id .. ':lock')
    call('SREM', base .. 'stalled', id)
    call('HINCRBY', base .. id, 'ats', -1)
    park(id, key)
    call('SADD', own .. 'dirty', key)
  end
  return 0
end

if action == 'release-all' then
  local parked = call('ZRANGEBYSCORE', delayed, arrivedScore, '+inf', 'LIMIT', 0, batch)
  for _, id in ipairs(parked) do
    local key = keyOf(id) or ''
    call('ZREM', delayed, id)
    call('ZREM', own .. 'parked:' .. key, id)
    push(key, id)
    -- It holds nothing: the contract has no limit.
    call('HDEL', own .. 'held:' .. key, id)
  end
  if released > 0 then wakeWorker() end
  return #parked
end

if action == 'pause' then
  local known = tonumber(call('ZSCORE', own .. 'until', ARGV[5]) or 0)
  call('ZADD', own .. 'until', math.max(known, time() + tonumber(ARGV[6])), ARGV[5])
  return 0
end

if action == 'started' then
  release(ARGV[5])
  -- A worker without a job then waits for the next time.
  if released > 0 or isLater then wakeWorker() end
  return 0
end

-- 'fetch', or 'end' with an id and the token of its lock.
local page = tonumber(ARGV[5])
if action == 'end' then
  local id, token = ARGV[6], ARGV[7]
  local key = keyOf(id)
  if key and (token == '0' or call('GET', base .. id .. ':lock') == token) then
    letGo(key, id)
    dirty[key] = true
  end
end
local isMore = admit()
if page >= 0 then page = sweep(page) end
for key in pairs(dirty) do release(key) end
if released > 0 or isLater then wakeWorker() end
local first = call('ZRANGE', own .. 'until', 0, 0, 'WITHSCORES')
local wait = #first > 0 and math.max(1, first[2] - time()) or 0
first = call('ZRANGE', own .. 'due', 0, 0, 'WITHSCORES')
if #first > 0 and (wait == 0 or first[2] - now < wait) then wait = math.max(1, first[2] - now) end
return { isMore and 1 or wait, page }`;
