import type { PostgresConnection } from 'bullmq';
import type { KeyLimits } from '../../contract/key-limits';
import { KEY_LIMIT_CALLS } from '../internals';
import { overriding } from '../overriding';
import { replacedCall } from '../replaced-call';

/** In milliseconds: how often a worker looks for slots of jobs that were removed, or ended elsewhere. */
const SWEEP_INTERVAL = 5_000;

/**
 * The connection of a worker that limits by key: BullMQ's statements that fetch or end a job call our functions, which
 * call BullMQ's, and take the limits as further parameters. So an end, the release of the next job of its key and the
 * next fetch are one statement, as the end and the fetch are without limits.
 */
export function limitingConnection<Connection extends PostgresConnection>(
  connection: Connection,
  { concurrency = null, rate }: { concurrency?: number | null } & Pick<KeyLimits, 'rate'>,
): Connection {
  const statements = new Map<string, Statement | undefined>();
  const { max = null, per = null } = rate ?? {};
  let sweptAt = -Infinity;
  const isSweepDue = () => {
    if (performance.now() - sweptAt < SWEEP_INTERVAL) return false;
    sweptAt = performance.now();
    return true;
  };
  const { pool } = connection;
  const query = (text: string, parameters: readonly unknown[] = []) => {
    if (!statements.has(text)) statements.set(text, limited(text));
    const statement = statements.get(text);
    if (statement === undefined) return pool.query(text, parameters);
    const further = { now: [Date.now()], limits: [concurrency, max, per] };
    const added =
      statement.kind === 'now'
        ? further.now
        : statement.kind === 'none'
          ? []
          : statement.kind === 'fetch'
            ? [...further.limits, isSweepDue()]
            : further.limits;
    return pool.query(statement.text, [...parameters, ...added]);
  };
  return overriding(connection, { pool: overriding(pool, { query }) });
}

interface Statement {
  readonly text: string;
  /** What it takes beside BullMQ's parameters. */
  readonly kind: 'now' | 'none' | 'limits' | 'fetch';
}

const COUNTS = { now: 1, none: 0, limits: 3, fetch: 4 } as const;

/** One of BullMQ's statements as it is sent; undefined if it needs no change. */
function limited(text: string): Statement | undefined {
  for (const [name, { becomes, kind }] of Object.entries(KEY_LIMIT_CALLS)) {
    const further = (count: number) =>
      Array.from({ length: COUNTS[kind] }, (_, index) => `, $${count + index + 1}`).join('');
    const call = replacedCall(text, name, becomes, further);
    if (call !== undefined) return { text: call.text, kind };
  }
  return undefined;
}
