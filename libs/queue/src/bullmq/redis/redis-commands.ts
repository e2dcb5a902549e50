/** In place of a key of the queue. */
export const KEY = 'KEY';

/**
 * The commands that BullMQ's scripts give. A right to run a script is no right to what it does, so an account needs
 * each of them. With arguments that are valid and change nothing of a queue: they are tried on a key that no queue has.
 *
 * `redis-commands.spec.ts` compares the list with the scripts of the installed BullMQ.
 */
export const SCRIPTED_COMMANDS: readonly (readonly string[])[] = [
  ['del', KEY],
  ['exists', KEY],
  ['get', KEY],
  ['hdel', KEY, 'a'],
  ['hexists', KEY, 'a'],
  ['hget', KEY, 'a'],
  ['hgetall', KEY],
  ['hincrby', KEY, 'a', '1'],
  ['hlen', KEY],
  ['hmget', KEY, 'a'],
  ['hmset', KEY, 'a', '1'],
  ['hscan', KEY, '0'],
  ['hset', KEY, 'a', '1'],
  ['incr', KEY],
  ['lindex', KEY, '0'],
  ['llen', KEY],
  ['lpop', KEY],
  ['lpos', KEY, 'a'],
  ['lpush', KEY, 'a'],
  ['lrange', KEY, '0', '0'],
  ['lrem', KEY, '0', 'a'],
  ['lset', KEY, '0', 'a'],
  ['ltrim', KEY, '0', '0'],
  ['persist', KEY],
  ['pexpire', KEY, '1000'],
  ['pttl', KEY],
  ['rename', KEY, KEY],
  ['rpop', KEY],
  ['rpoplpush', KEY, KEY],
  ['rpush', KEY, 'a'],
  ['sadd', KEY, 'a'],
  ['scard', KEY],
  ['set', KEY, 'a', 'PX', '1000'],
  ['sismember', KEY, 'a'],
  ['smembers', KEY],
  ['srem', KEY, 'a'],
  ['sscan', KEY, '0'],
  ['type', KEY],
  ['xadd', KEY, '*', 'a', '1'],
  ['xtrim', KEY, 'MAXLEN', '0'],
  ['zadd', KEY, '1', 'a'],
  ['zcard', KEY],
  ['zcount', KEY, '0', '1'],
  ['zpopmin', KEY],
  ['zrange', KEY, '0', '0'],
  ['zrangebyscore', KEY, '0', '1'],
  ['zrem', KEY, 'a'],
  ['zremrangebyrank', KEY, '0', '0'],
  ['zremrangebyscore', KEY, '0', '1'],
  ['zrevrange', KEY, '0', '0'],
  ['zrevrangebyscore', KEY, '1', '0'],
  ['zscore', KEY, 'a'],
];

/** What the script of the limits by key gives beside those: only a worker of a contract with a `limit` needs it. */
export const LIMIT_COMMANDS: readonly (readonly string[])[] = [['time']];

/** A command that is given by itself, with arguments for which the server has nothing to do. */
export interface DirectCommand {
  readonly name: string;
  readonly args: readonly string[];
  /** Whether only a process that runs jobs needs it. */
  readonly onlyWithJobs: boolean;
}

export const DIRECT_COMMANDS: readonly DirectCommand[] = [
  // No script has this digest.
  { name: 'evalsha', args: ['0'.repeat(40), '1', KEY], onlyWithJobs: false },
  // A blocking command must not wait here; rights are checked before the time is found to be none.
  { name: 'bzpopmin', args: [KEY, 'no time'], onlyWithJobs: true },
  // Outside of a transaction there is nothing to do. MULTI has its own test.
  { name: 'exec', args: [], onlyWithJobs: false },
  { name: 'xread', args: ['COUNT', '1', 'STREAMS', KEY, '0'], onlyWithJobs: false },
  { name: 'xrevrange', args: [KEY, '+', '-', 'COUNT', '1'], onlyWithJobs: false },
];

/** Every command of the smallest account without limits by key, sorted. INFO is optional. */
export function commandNames(): string[] {
  const names = [...SCRIPTED_COMMANDS.map(([name = '']) => name), 'eval', 'info', 'multi'];
  return [...names, ...DIRECT_COMMANDS.map(({ name }) => name)].sort();
}
