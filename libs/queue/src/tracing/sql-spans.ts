import { types } from 'node:util';
import { context, type Span } from '@opentelemetry/api';
import pg from 'pg';
import { textOf } from '../text/reason-of';
import { startClientSpan } from './client-span';
import { ATTRIBUTE } from './conventions';
import { failSpan } from './fail-span';
import { showSql } from './sql-summary';

type Callback = (error: unknown, result: unknown) => void;
type Method = (this: pg.Client, ...args: unknown[]) => unknown;

/** What `pg` keeps of a connection. */
interface Connection {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
}

/**
 * Gives each statement on `pg` a span, whatever sends it: TypeORM, the queue store, an outbox or the application. In a
 * bundle there is one `pg`, and packages that patch what is required from disk never see it.
 *
 * @returns what undoes it
 */
export function traceSql(): () => void {
  const clients = pg.Client.prototype as unknown as { query: Method };
  const { query } = clients;
  clients.query = function (...args) {
    const text = textOfStatement(args[0]);
    if (text === undefined) return query.apply(this, args);
    const span = startStatement(this, text, hasParameters(args));
    if (span === undefined) return query.apply(this, args);
    const last = args.length - 1;
    const callback = args[last];
    if (typeof callback === 'function') {
      const done: Callback = (error, result) => {
        endStatement(span, error ?? undefined);
        (callback as Callback)(error, result);
      };
      return query.apply(this, [...args.slice(0, last), context.bind(context.active(), done)]);
    }
    const answer = query.apply(this, args);
    if (types.isPromise(answer)) {
      answer.then(
        () => {
          endStatement(span);
        },
        (error: unknown) => {
          endStatement(span, error);
        },
      );
    } else span.end();
    return answer;
  };
  const undoPools = keepContextOfPools();
  return () => {
    clients.query = query;
    undoPools();
  };
}

/** A pool calls back who waits for a connection where another one is released, which may be in another trace. */
function keepContextOfPools(): () => void {
  const pools = pg.Pool.prototype as unknown as { connect: (...args: unknown[]) => unknown };
  const { connect } = pools;
  pools.connect = function (...args) {
    return connect.apply(
      this,
      args.map((arg) => (typeof arg === 'function' ? context.bind(context.active(), arg) : arg)),
    );
  };
  return () => {
    pools.connect = connect;
  };
}

/** Undefined for a cursor or a stream, whose end is no callback. */
function textOfStatement(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement;
  if (typeof statement !== 'object' || statement === null || 'submit' in statement) {
    return undefined;
  }
  const text: unknown = Reflect.get(statement, 'text');
  return typeof text === 'string' ? text : undefined;
}

function hasParameters([statement, values]: readonly unknown[]): boolean {
  if (Array.isArray(values)) return values.length > 0;
  return typeof statement === 'object' && statement !== null && 'values' in statement;
}

function startStatement(
  { host, port, database }: Connection,
  statement: string,
  isParametrised: boolean,
): Span | undefined {
  return startClientSpan(() => {
    const { operation, summary, text } = showSql(statement, isParametrised);
    const attributes = {
      [ATTRIBUTE.databaseSystem]: 'postgresql',
      [ATTRIBUTE.databaseNamespace]: database,
      [ATTRIBUTE.databaseOperation]: operation,
      [ATTRIBUTE.databaseSummary]: summary,
      [ATTRIBUTE.databaseQuery]: text,
      [ATTRIBUTE.serverAddress]: host,
      [ATTRIBUTE.serverPort]: port,
    };
    return { name: summary, attributes };
  });
}

function endStatement(span: Span, error?: unknown): void {
  if (error !== undefined) {
    const code = textOf(error, 'code');
    if (code !== undefined) span.setAttribute(ATTRIBUTE.databaseStatus, code);
    failSpan(span, error);
  }
  span.end();
}
