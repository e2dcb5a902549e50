import type { Claim, SharedAnswers } from '../shared-answers';
import type { Statements } from './postgres-cancel-marks';

/** Fields of the queue's metadata that BullMQ leaves alone. */
const FIELDS = { claim: 'statusClaim', answer: 'statusAnswer' };

/** By the clock of the server. An answer that is new enough is only read. */
const CLAIM = `
WITH clock AS MATERIALIZED (
  SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
), claimed AS (
  INSERT INTO meta (queue, field, value)
  SELECT q.queue, '${FIELDS.claim}', clock.now::text
    FROM unnest($1::text[]) AS q(queue) CROSS JOIN clock
   WHERE NOT EXISTS (
     SELECT FROM meta WHERE queue = q.queue AND field = '${FIELDS.claim}' AND value::bigint > clock.now - $2)
   ORDER BY q.queue
  ON CONFLICT (queue, field) DO UPDATE SET value = EXCLUDED.value
   WHERE meta.value::bigint <= EXCLUDED.value::bigint - $2
  RETURNING queue
)
SELECT q.queue, claimed.queue IS NOT NULL AS claimed, meta.value AS answer
  FROM unnest($1::text[]) AS q(queue)
  LEFT JOIN claimed ON claimed.queue = q.queue
  LEFT JOIN meta ON meta.queue = q.queue AND meta.field = '${FIELDS.answer}'`;

const STORE = `
INSERT INTO meta (queue, field, value)
SELECT key, '${FIELDS.answer}', value FROM jsonb_each_text($1::jsonb) ORDER BY key
ON CONFLICT (queue, field) DO UPDATE SET value = EXCLUDED.value`;

interface Row {
  readonly queue: string;
  readonly claimed: boolean;
  readonly answer: string | null;
}

/** In BullMQ's table of the settings of queues. */
export class PostgresSharedAnswers implements SharedAnswers {
  constructor(private readonly statements: Statements) {}

  async claim(queues: readonly string[], maxAge: number): Promise<Claim> {
    const rows = await this.statements.query<Row>(CLAIM, [queues, maxAge]);
    return {
      answers: new Map(
        rows.flatMap(({ queue, answer }) => (answer === null ? [] : [[queue, answer]])),
      ),
      claimed: rows.filter(({ claimed }) => claimed).map(({ queue }) => queue),
    };
  }

  async store(answers: ReadonlyMap<string, string>): Promise<void> {
    await this.statements.query(STORE, [JSON.stringify(Object.fromEntries(answers))]);
  }
}
