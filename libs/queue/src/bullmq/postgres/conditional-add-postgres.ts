import type { PgPool, PgQueryResult } from 'bullmq';
import { inlineParameters } from '../../connection/postgres/inline-parameters';
import { textOf } from '../../text/reason-of';
import { type AddCondition, ConditionNotMet } from '../conditional-add';
import { POSTGRES_STATEMENTS } from '../internals';

const DIVISION_BY_ZERO = '22012';

/** Two transactions have changed the same row; only where transactions are not `read committed` by default. */
const SERIALIZATION_FAILURE = '40001';

/**
 * Runs a statement of BullMQ only if a condition holds.
 *
 * Both are sent as one message, which Postgres runs as one transaction, in one round trip.
 */
export class ConditionalQueries {
  constructor(
    private readonly pool: PgPool,
    private readonly queue: string,
    private readonly condition: AddCondition,
  ) {}

  /** @throws ConditionNotMet */
  readonly query = async <R>(
    text: string,
    parameters: readonly unknown[] = [],
  ): Promise<PgQueryResult<R>> => {
    const { field, expected, next } = this.condition;
    const guard = inlineParameters(POSTGRES_STATEMENTS.requireMeta, [
      this.queue,
      field,
      expected,
      next,
    ]);
    try {
      const answer: unknown = await this.pool.query(
        `${guard};\n${inlineParameters(text, parameters)}`,
      );
      // Of several statements, `pg` answers with a list.
      const results = answer as PgQueryResult<R>[];
      return results[1] ?? { rows: [], rowCount: 0 };
    } catch (error) {
      const code = textOf(error, 'code');
      if (code === DIVISION_BY_ZERO || code === SERIALIZATION_FAILURE) {
        throw new ConditionNotMet(this.queue);
      }
      throw error;
    }
  };
}
