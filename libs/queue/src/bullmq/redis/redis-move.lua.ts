import { LIMIT_KEY } from '../../contract/key-limits';
import { REDIS_FIELDS } from '../internals';
import { ARRIVED_AT } from '../key-limits';
import { RELEASED } from './redis-key-limits.lua';
import { FIRST_PARKED_SCORE } from './redis-queue-counts';

const { schedule, parentKey, deduplicationId, addedAt, delay } = REDIS_FIELDS;

/**
 * Reads some jobs of one list or set, and moves those that can be moved, each with its hash, its logs and the key of
 * its deduplication: all of it in one step. A counted id that the other queue has already is replaced by its next one.
 *
 * KEYS: those of the metadata of both queues. ARGV: what the keys of both queues begin with, the names of both, the list
 * or set, how many of its jobs to skip, how many to read, whether to move them.
 *
 * Returns how many it has read, how many of them can be moved and are waiting, delayed, failed, and the others with the reason
 * why they stay. One that is not there any more has none.
 */
export const MOVE = `
local from, to, fromName, toName, set = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local skip, count, isMove = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8] == '1'
local call = redis.call
local isList = set == 'wait' or set == 'paused' or set == 'active'

-- As BullMQ does for a job that is added without an id.
local function isCounted(id) return string.match(id, '^[1-9]%d*$') end

local function reasonOf(id)
  local job = from .. id
  if call('EXISTS', job) == 0 then return '' end
  if set == 'active' then return 'running' end
  local fields = call('HMGET', job, '${schedule}', '${parentKey}')
  if fields[1] then return 'scheduled' end
  if fields[2] and fields[2] ~= '' then return 'child' end
  local hasChildren = set == 'waiting-children' or call(
    'EXISTS', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful') > 0
  if hasChildren then return 'parent' end
  if call('EXISTS', to .. id) == 1 and not isCounted(id) then return 'taken' end
  return nil
end

-- The counter must not come to an id of the other queue. One that is taken is replaced by the next.
local function newIdOf(id)
  if not isCounted(id) then return id end
  local counters = call('MGET', from .. 'id', to .. 'id')
  if (tonumber(counters[1]) or 0) > (tonumber(counters[2]) or 0) then call('SET', to .. 'id', counters[1]) end
  while call('EXISTS', to .. id) == 1 do id = string.format('%.0f', call('INCR', to .. 'id')) end
  return id
end

local function moveDeduplication(id, newId, dedupe)
  local key, other = from .. 'de:' .. dedupe, to .. 'de:' .. dedupe
  if call('GET', key) ~= id then return end
  if call('EXISTS', other) == 1 then
    call('DEL', key)
  else
    call('RENAME', key, other)
    call('SET', other, newId, 'KEEPTTL')
  end
end

local function publish(base, id, ...)
  call('XADD', base .. 'events', 'MAXLEN', '~', 10000, '*', 'jobId', id, ...)
end

local function arrive(id, hash)
  local added = tonumber(call('HGET', hash, '${addedAt}')) or 0
  call('HSET', hash, '${delay}', string.format('%.0f', ${ARRIVED_AT} - added))
  call('HDEL', hash, '${RELEASED}')
  call('ZADD', to .. 'delayed', ${FIRST_PARKED_SCORE}, id)
end

local function move(id, score)
  local newId = newIdOf(id)
  local hash = to .. newId
  call('RENAME', from .. id, hash)
  if call('EXISTS', from .. id .. ':logs') == 1 then call('RENAME', from .. id .. ':logs', hash .. ':logs') end
  local fields = call('HMGET', hash, 'name', '${deduplicationId}', 'opts', 'limit')
  if fields[1] == fromName then call('HSET', hash, 'name', toName) end
  if fields[2] then moveDeduplication(id, newId, fields[2]) end
  if isList then call('LREM', from .. set, -1, id) else call('ZREM', from .. set, id) end

  local hasLimit = fields[4] or (fields[3] and string.find(fields[3], '"${LIMIT_KEY}"', 1, true))
  local isParked = set == 'delayed' and tonumber(score) >= ${FIRST_PARKED_SCORE}
  if isParked or (hasLimit and (isList or set == 'prioritized')) then
    arrive(newId, hash)
  elseif isList then
    call('LPUSH', to .. 'wait', newId)
  else
    call('ZADD', to .. set, score, newId)
  end

  publish(from, id, 'event', 'removed', 'prev', set)
  publish(to, newId, 'event', 'added', 'name', call('HGET', hash, 'name'))
  if set == 'delayed' then
    publish(to, newId, 'event', 'delayed', 'delay', string.format('%.0f', math.floor(tonumber(score) / 0x1000)))
  elseif set ~= 'failed' then
    publish(to, newId, 'event', 'waiting')
  end
end

local jobs = {}
if isList then
  -- The next job to be fetched is the last one.
  local ids = call('LRANGE', from .. set, -count - skip, -1 - skip)
  for index = #ids, 1, -1 do jobs[#jobs + 1] = {ids[index], '0'} end
else
  local found = call('ZRANGE', from .. set, skip, skip + count - 1, 'WITHSCORES')
  for index = 1, #found, 2 do jobs[#jobs + 1] = {found[index], found[index + 1]} end
end
local movable, staying = {0, 0, 0}, {}
for _, job in ipairs(jobs) do
  local id, score = job[1], job[2]
  local reason = reasonOf(id)
  if reason then
    staying[#staying + 1] = {id, reason}
  else
    local state = 1
    if set == 'failed' then state = 3 elseif set == 'delayed' and tonumber(score) < ${FIRST_PARKED_SCORE} then state = 2 end
    movable[state] = movable[state] + 1
    if isMove then move(id, score) end
  end
end
if isMove and #jobs > #staying then call('ZADD', to .. 'marker', 0, '0') end
return {#jobs, movable[1], movable[2], movable[3], staying}`;
