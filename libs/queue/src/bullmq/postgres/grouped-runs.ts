import { columnsOf, type GroupedKind, type Statement } from './grouped-kind';
import { GROUPED_STATEMENTS } from '../internals';
import { withoutComments } from '../without-comments';

/** What one statement adds to a group: the parameters of `grouped_run` after the queue, in their order. */
type Entry = readonly [
  id: unknown,
  token: unknown,
  value: unknown,
  finishedOn: unknown,
  removes: unknown,
  fetches: boolean,
  lockDuration: unknown,
  now: unknown,
  name: unknown,
];

interface Answer {
  /** Of the entry, from 1; 0 says that the whole group was refused. */
  readonly entry: number;
  /** Of the fetched job; null if there is none. */
  readonly id: string | null;
}

/** Ends and fetches of jobs. Those that fail, or keep jobs by age or count, go one by one. */
export const groupedRuns: GroupedKind = {
  name: 'grouped_run',
  accepts: (statement) => entryOf(statement) !== undefined,
  combine: (queue, statements) => ({
    text: 'SELECT entry, (fetched).* FROM grouped_run($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    parameters: [queue, ...columnsOf(statements.map((statement) => entryOf(statement) ?? []))],
  }),
  rowsOf: (rows, count) => {
    const answers = new Array<unknown[] | undefined>(count).fill(undefined);
    for (const row of rows as Answer[]) {
      const index = row.entry - 1;
      if (index < 0) continue;
      if (row.id !== null) answers[index] = [row];
      else answers[index] ??= [];
    }
    return answers;
  },
};

/** The entry of a statement; undefined if it is none of these, or asks for what only BullMQ's function does. */
function entryOf({ text, parameters }: Statement): Entry | undefined {
  switch (withoutComments(text)) {
    case GROUPED_STATEMENTS.move_to_active: {
      const [, token, lockDuration, now, name, limit] = parameters;
      if (limit !== null) return undefined;
      return [null, token, null, null, false, true, lockDuration, now, name];
    }
    case GROUPED_STATEMENTS.move_to_completed:
    case GROUPED_STATEMENTS.move_to_completed_fetch: {
      const [, id, token, value, finishedOn, removes, age, count, ...fetch] = parameters;
      const [lockDuration = null, now = null, name = null, limit = null] = fetch;
      if (age !== null || count !== null || limit !== null) return undefined;
      return [id, token, value, finishedOn, removes, fetch.length > 0, lockDuration, now, name];
    }
    default:
      return undefined;
  }
}
