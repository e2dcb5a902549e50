import { textOf } from '../../text/reason-of';
import type { RedisClient } from './redis-client';

/** What an account may not do; empty if it may do everything. */
export interface LackingRights {
  /** Names of commands that it may not run, or that the server does not have under that name. */
  readonly commands: readonly string[];
  /** Whether it may not use the keys. */
  readonly keys: boolean;
}

/** A command with its arguments. */
export type ProbedCommand = readonly string[];

/**
 * Tries commands inside a script. Each is refused at least as a write in a script that must not write, after the
 * server has looked for the right to it. Before Redis 7 there are no such scripts: there the key is removed at the end.
 */
const SCRIPT = `
local lacking = {}
for _, command in ipairs(cjson.decode(ARGV[1])) do
  for index, part in ipairs(command) do
    if part == ARGV[2] then command[index] = KEYS[1] end
  end
  local answer = redis.pcall(unpack(command))
  local err = type(answer) == 'table' and answer.err or ''
  if string.find(err, "can't run this command", 1, true)
    or string.find(err, 'ACL failure in script', 1, true)
    or string.find(err, 'NOPERM', 1, true) then
    lacking[#lacking + 1] = command[1]
  end
end
redis.pcall('del', KEYS[1])
return lacking`;

const WITHOUT_WRITES = '#!lua flags=no-writes';

/**
 * Tries whether the account of a connection may do what its user needs. Changes nothing.
 *
 * @param key a key that nothing else uses
 * @param placeholder stands for the key among the arguments
 * @param version of the server, or an empty string
 */
export async function probeRights(
  client: RedisClient,
  key: string,
  { direct, scripted, placeholder, version }: ProbeOptions,
): Promise<LackingRights> {
  const head = version !== '' && Number.parseInt(version) < 7 ? '' : WITHOUT_WRITES;
  const script = client.call(
    'EVAL',
    `${head}${SCRIPT}`,
    1,
    key,
    JSON.stringify(scripted),
    placeholder,
  );
  const inKeys = (args: ProbedCommand): string[] =>
    args.map((arg) => (arg === placeholder ? key : arg));
  const answers = await Promise.all([
    verdict('eval', script),
    ...direct.map(([name = '', ...args]) => verdict(name, client.call(name, ...inKeys(args)))),
  ]);
  // A connection whose account may not run EXEC would stay in the transaction.
  if (!answers.some(({ command }) => command === 'exec')) {
    answers.push(await verdict('multi', client.multi().exists(key).exec()));
  }
  const inScript = await script.catch(() => []);
  const commands = [
    ...answers.flatMap(({ command }) => command ?? []),
    ...(Array.isArray(inScript) ? inScript.map(String) : []),
  ];
  return {
    commands: [...new Set(commands)].sort(),
    keys: answers.some(({ keys }) => keys),
  };
}

export interface ProbeOptions {
  readonly direct: readonly ProbedCommand[];
  readonly scripted: readonly ProbedCommand[];
  readonly placeholder: string;
  readonly version: string;
}

/** What an answer says about rights; other refusals say that the command may be run. */
async function verdict(
  name: string,
  answer: Promise<unknown>,
): Promise<{ command?: string; keys: boolean }> {
  try {
    await answer;
    return { keys: false };
  } catch (error) {
    const message = firstMessage(error);
    if (/^ERR unknown command/i.test(message)) return { command: name, keys: false };
    // EXEC says so in words of its own.
    if (/^(EXECABORT .*: )?NOPERM/.test(message)) {
      if (/\bkeys?\b/.test(message)) return { keys: true };
      // That of the transaction may be another one.
      return { command: /run the '([^'|]+)/.exec(message)?.[1] ?? name, keys: false };
    }
    if (isReply(error)) return { keys: false };
    throw error;
  }
}

/** A transaction that fails keeps the errors of its commands. */
function firstMessage(error: unknown): string {
  const previous: unknown =
    typeof error === 'object' && error !== null
      ? (Reflect.get(error, 'previousErrors') as unknown)
      : undefined;
  const first: unknown = Array.isArray(previous) ? previous[0] : undefined;
  return textOf(first ?? error, 'message') ?? '';
}

/** Whether the server has answered. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
