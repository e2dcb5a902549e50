import type { ConnectionPool, ServerAnswer } from './connection-pools';

/** Connections that other processes of this one open, such as its children. */
export interface OtherConnections {
  readonly name: string;
  /** `host:port/database`, as that of a pool. */
  readonly location: string;
  readonly max: number;
}

/** What a process may open to one server. */
export interface ConnectionSum {
  /** `host:port`; the first one by which it is reached. */
  readonly server: string;
  readonly parts: readonly Pick<OtherConnections, 'name' | 'max'>[];
  readonly sum: number;
  /** What the server takes; undefined if it has not said so. */
  readonly limit: number | undefined;
}

/**
 * A server counts once, whatever it is called and however many of its databases are used: by the moment of its start.
 * What it reserves for superusers is not in its limit; that of the role and of the database is.
 */
const ASK = `
  SELECT extract(epoch FROM pg_postmaster_start_time())::text AS server, least(
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
      - COALESCE(current_setting('reserved_connections', true)::int, 0),
    (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
    (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())
  ) AS limit`;

const serverOf = (location: string): string => location.replace(/\/[^/]*$/, '');

/** Adds up the connections of pools and others, by server. Pools that do not say how to ask their server are left out. */
export async function sumConnections(
  pools: readonly ConnectionPool[],
  others: readonly OtherConnections[],
): Promise<ConnectionSum[]> {
  const askable = new Map(
    pools.flatMap(({ location, ask }) => (ask ? [[serverOf(location), ask] as const] : [])),
  );
  const answers = new Map<string, ServerAnswer>();
  for (const [address, ask] of askable) {
    // Whether a server answers at all is checked elsewhere.
    const [answer] = await ask(ASK).catch(() => []);
    answers.set(address, answer ?? { server: address, limit: null });
  }
  const sums = new Map<string, ConnectionSum>();
  for (const { name, location, max = 0 } of [...pools, ...others]) {
    const answer = answers.get(serverOf(location));
    if (answer === undefined) continue;
    const {
      server = serverOf(location),
      parts = [],
      sum = 0,
      limit = Infinity,
    } = sums.get(answer.server) ?? {};
    const least = Math.min(limit, answer.limit ?? Infinity);
    sums.set(answer.server, {
      server,
      parts: [...parts, { name, max }],
      sum: sum + max,
      limit: least === Infinity ? undefined : least,
    });
  }
  return [...sums.values()];
}
