import type { PgPool } from 'bullmq';

/** Each state reads its own index. */
const COUNTS: Readonly<Record<string, string>> = {
  active: "state = 'active'",
  completed: "state = 'completed'",
  failed: "state = 'failed'",
  delayed: "state = 'delayed'",
  waiting: "state = 'waiting' AND priority = 0",
  prioritized: "state = 'waiting' AND priority > 0",
  'waiting-children': "state = 'waiting-children'",
};

/** BullMQ's names of a state that is another one here. */
const NAMES: Readonly<Record<string, string>> = { wait: 'waiting', paused: 'waiting' };

/**
 * The number of jobs of a queue in each of these states, as BullMQ's backend answers. Its own statement reads every row
 * of the queue, whatever is asked; this one reads the entries of the states that are asked for in their indexes, so
 * that what is kept after its end costs nothing unless it is counted.
 */
export async function stateCounts(
  pool: Pick<PgPool, 'query'>,
  queue: string,
  types: readonly string[],
): Promise<number[]> {
  const states = new Set(types.map((type) => NAMES[type] ?? type));
  const counts = Object.entries(COUNTS)
    .filter(([state]) => states.has(state))
    .map(([state, is]) => `(SELECT count(*) FROM job WHERE queue = $1 AND ${is}) AS "${state}"`);
  const isPaused =
    "EXISTS (SELECT FROM meta WHERE queue = $1 AND field = 'paused' AND value = '1') AS is_paused";
  const { rows } = await pool.query<{ is_paused: boolean } & Record<string, string>>(
    `SELECT ${[...counts, isPaused].join(', ')}`,
    [queue],
  );
  const [row] = rows;
  return types.map((type) => {
    // The waiting jobs of a paused queue are paused.
    if (type === 'paused' ? !row?.is_paused : isWaiting(type) && row?.is_paused) return 0;
    return Number(row?.[NAMES[type] ?? type] ?? 0);
  });
}

const isWaiting = (type: string): boolean => type === 'wait' || type === 'waiting';
