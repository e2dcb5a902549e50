import type { RedisOptions } from 'ioredis';
import { reasonOf } from '../../text/reason-of';
import { ConnectionProblem } from '../connection-problem';
import type { Endpoint, SentinelTarget } from './redis-target';
import { tlsOptions } from './tls-files';
import { tlsProblem } from './tls-problem';

/** What one sentinel says of the masters that it watches. */
type Answer =
  | { readonly at: string; readonly masters: readonly string[] }
  | { readonly at: string; readonly error: unknown };

const REFUSED = /^(NOAUTH|WRONGPASS|NOPERM)\b/;
const NO_SENTINEL = /^ERR unknown command/i;

/**
 * Why no sentinel names the master: asks each of them again. ioredis keeps no reason of a failed connection.
 *
 * @param timeout in milliseconds
 * @returns a {@link ConnectionProblem} if waiting does not help
 */
export async function explainSentinels(
  ioredis: typeof import('ioredis'),
  target: SentinelTarget,
  timeout: number,
): Promise<Error> {
  const answers = await Promise.all(
    target.sentinels.map((endpoint) => mastersOf(ioredis, endpoint, target, timeout)),
  );
  const failures = answers.filter((answer) => 'error' in answer);
  const names = answers.flatMap((answer) => ('masters' in answer ? answer.masters : []));
  if (names.includes(target.master)) {
    return new Error(`the sentinels know no address of "${target.master}" for now`);
  }
  if (failures.length < answers.length) {
    const known = [...new Set(names)].map((name) => `"${name}"`).join(', ') || 'none';
    return new ConnectionProblem(
      `the sentinels know no master "${target.master}"`,
      `The sentinels know ${known}: correct the name in its URL.`,
    );
  }
  return lastingProblem(failures) ?? unreachable(failures);
}

type Failure = Extract<Answer, { error: unknown }>;

function lastingProblem(failures: readonly Failure[]): ConnectionProblem | undefined {
  for (const { error } of failures) {
    const problem = tlsProblem(error);
    if (problem !== undefined) return problem;
  }
  const find = (pattern: RegExp) => failures.find(({ error }) => pattern.test(reasonOf(error)));
  const refused = find(REFUSED);
  if (refused !== undefined) {
    return new ConnectionProblem(
      `the sentinels refuse the login: ${reasonOf(refused.error)}`,
      'Their user and password are not those of the servers: add ?sentinel_password=… (and ' +
        'sentinel_username=…) to its URL, or correct them.',
      { cause: refused.error },
    );
  }
  const other = find(NO_SENTINEL);
  if (other === undefined) return undefined;
  return new ConnectionProblem(
    `${other.at} is no Sentinel`,
    'Use the ports of the sentinels (26379 by default), or redis://host:6379/0 for a Redis without them.',
    { cause: other.error },
  );
}

function unreachable(failures: readonly Failure[]): Error {
  const reasons = failures.map(({ at, error }) => `${at} (${reasonOf(error)})`).join(', ');
  const errors = failures.map(({ error }) => error);
  return new Error(`no sentinel answers: ${reasons}`, { cause: new AggregateError(errors) });
}

async function mastersOf(
  { Redis }: typeof import('ioredis'),
  endpoint: Endpoint,
  target: SentinelTarget,
  timeout: number,
): Promise<Answer> {
  const at = `${endpoint.host}:${endpoint.port}`;
  const options: RedisOptions = {
    ...endpoint,
    username: target.sentinelUsername,
    password: target.sentinelPassword,
    tls: tlsOptions(target),
    connectTimeout: timeout,
    commandTimeout: timeout,
    enableReadyCheck: false,
    retryStrategy: () => null,
  };
  const sentinel = new Redis(options);
  let reason: unknown;
  sentinel.on('error', (error: unknown) => {
    reason ??= error;
  });
  try {
    const masters = (await sentinel.call('SENTINEL', 'MASTERS')) as string[][];
    // Names and values in turn.
    return { at, masters: masters.flatMap((master) => master[master.indexOf('name') + 1] ?? []) };
  } catch (error) {
    // The command knows only that there is no connection.
    return { at, error: reason ?? error };
  } finally {
    sentinel.disconnect();
  }
}
