import type { AddCondition } from '../conditional-add';

/** The answer of a script whose condition does not hold: BullMQ has no such code. */
export const NOT_MET = -9_000;

/** Precedes a script of BullMQ that adds a job; the last key and the last arguments are its own. */
const GUARD = `
if redis.call('HGET', KEYS[#KEYS], ARGV[#ARGV - 2]) ~= ARGV[#ARGV - 1] then return ${NOT_MET} end
redis.call('HSET', KEYS[#KEYS], ARGV[#ARGV - 2], ARGV[#ARGV])
`;

type RedisValue = string | number | Buffer;

/** A script as ioredis keeps it. */
interface KnownScript {
  readonly lua: string;
  readonly numberOfKeys: number;
}

/**
 * The arguments of EVAL for one of BullMQ's scripts that runs only if a condition holds.
 *
 * @param script as BullMQ has defined it on the client
 * @param args its keys, followed by its arguments
 * @param metaKey of the queue's metadata
 */
export function guardedScript(
  { lua, numberOfKeys }: KnownScript,
  args: readonly RedisValue[],
  metaKey: string,
  { field, expected, next }: AddCondition,
): [script: string, keyCount: number, ...RedisValue[]] {
  const keys = args.slice(0, numberOfKeys);
  return [
    GUARD + lua,
    numberOfKeys + 1,
    ...keys,
    metaKey,
    ...args.slice(numberOfKeys),
    field,
    expected,
    next,
  ];
}

/** A script that BullMQ has defined on a client of ioredis. */
export function scriptOf(client: object, name: string): KnownScript {
  const scripts = Reflect.get(client, 'scriptsSet') as Record<string, KnownScript | undefined>;
  const script = scripts[name];
  if (script === undefined) throw new Error(`BullMQ has not defined the script ${name}.`);
  return script;
}

/** Reads a field of a queue's metadata: as a script, because an account needs no right to HGET outside of one. */
export const READ_META = `return redis.call('HGET', KEYS[1], ARGV[1])`;

/** Changes a field of a queue's metadata if it has a value; an empty string stands for none. */
export const CHANGE_META = `
local value = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if value ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1])
else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1`;
