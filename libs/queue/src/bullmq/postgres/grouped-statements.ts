import type { PgPool, PgQueryResult, PostgresConnection } from 'bullmq';
import { textOf } from '../../text/reason-of';
import { CallGroup } from './call-group';
import { groupedAdds } from './grouped-adds';
import type { GroupedKind, Statement } from './grouped-kind';
import { groupedRuns } from './grouped-runs';
import { overriding } from '../overriding';

/** In milliseconds: how long the statements of a queue are sent one by one that gain nothing by a group. */
const APART = 1_000;

/**
 * How many groups in a row gain nothing by then. One alone says little: for a moment, the check for stalled jobs holds all
 * rows that run.
 */
const USELESS = 3;

/** A group needs one statement in any case; these bound how long it takes. The size is in characters. */
const LARGEST = { maxCalls: 200, maxSize: 1_000_000 };

const KINDS: readonly GroupedKind[] = [groupedRuns, groupedAdds];

interface Grouping {
  /** Whether the database has the functions. */
  readonly isPossible: () => boolean;
  /** Whether a statement now would be a part of a transaction of the caller. */
  readonly isInTransaction: () => boolean;
}

/**
 * A connection on which the statements that are sent at the same time for one queue, by all its workers in this process,
 * become one: BullMQ takes one commit for each job. Each is answered after the commit, as before.
 *
 * What a group has not done is sent by itself, as BullMQ would have sent it: that decides about everything special, and
 * fails as BullMQ does.
 */
export function groupingConnection<Connection extends PostgresConnection>(
  connection: Connection,
  { isPossible, isInTransaction }: Grouping,
): Connection {
  const { pool } = connection;
  const groups = new Map<string, StatementGroup>();
  const groupOf = (kind: GroupedKind, queue: unknown) => {
    const key = `${kind.name} ${String(queue)}`;
    const known = groups.get(key);
    if (known !== undefined) return known;
    const group = new StatementGroup(pool, kind, queue);
    groups.set(key, group);
    return group;
  };
  const query = <Row>(text: string, parameters: readonly unknown[] = []) => {
    const statement = { text, parameters };
    // Without parameters it is none of BullMQ's, or they are written into it.
    const kind = parameters.length > 0 && KINDS.find((each) => each.accepts(statement));
    if (!kind || !isPossible() || isInTransaction()) return pool.query<Row>(text, parameters);
    return groupOf(kind, parameters[0]).run<Row>(statement);
  };
  return overriding(connection, { pool: overriding(pool, { query }) });
}

/** The statements of one kind and queue. */
class StatementGroup {
  private readonly group = new CallGroup<Statement, PgQueryResult>(
    (statements) => this.send(statements),
    { ...LARGEST, sizeOf: ({ parameters }) => sizeOf(parameters) },
  );
  private apartUntil = -Infinity;
  private useless = 0;

  constructor(
    private readonly pool: PgPool,
    private readonly kind: GroupedKind,
    private readonly queue: unknown,
  ) {}

  run<Row>(statement: Statement): Promise<PgQueryResult<Row>> {
    const answer =
      performance.now() < this.apartUntil ? this.sendApart(statement) : this.group.join(statement);
    return answer as Promise<PgQueryResult<Row>>;
  }

  private async send(
    statements: readonly Statement[],
  ): Promise<(PgQueryResult | Promise<PgQueryResult>)[]> {
    const [first, second] = statements;
    // BullMQ's own function takes less time for a single job. Those that are made meanwhile wait, as for a group.
    if (first !== undefined && second === undefined) return [await this.sendApart(first)];
    const rows = await this.askTogether(statements);
    const answers = this.kind.rowsOf(rows, statements.length);
    const isWorthIt = answers.filter((answer) => answer !== undefined).length * 2 > answers.length;
    this.useless = isWorthIt ? 0 : this.useless + 1;
    if (this.useless >= USELESS) this.apartUntil = performance.now() + APART;
    return statements.map((statement, index) => {
      const own = answers[index];
      return own === undefined ? this.sendApart(statement) : { rows: own, rowCount: own.length };
    });
  }

  /** @returns no rows if the server has refused the statement: then it has changed nothing */
  private async askTogether(statements: readonly Statement[]): Promise<readonly unknown[]> {
    const { text, parameters } = this.kind.combine(this.queue, statements);
    try {
      return (await this.pool.query<unknown>(text, parameters)).rows;
    } catch (error) {
      if (isRolledBack(error)) return [];
      throw error;
    }
  }

  private sendApart({ text, parameters }: Statement): Promise<PgQueryResult> {
    return this.pool.query(text, parameters);
  }
}

/** Whether the server has answered that the statement is at fault, such as with a result that it cannot store. */
function isRolledBack(error: unknown): boolean {
  return /^(?!08|57)[0-9A-Z]{5}$/.test(textOf(error, 'code') ?? '');
}

function sizeOf(parameters: readonly unknown[]): number {
  return parameters.reduce<number>(
    (sum, each) => sum + (typeof each === 'string' ? each.length : 0),
    0,
  );
}
