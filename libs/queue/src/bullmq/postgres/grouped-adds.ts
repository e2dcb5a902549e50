import { columnsOf, type GroupedKind, type Statement } from './grouped-kind';
import { GROUPED_STATEMENTS } from '../internals';
import { withoutComments } from '../without-comments';

/** What one statement adds to a group: the parameters of `grouped_add` after the queue, in their order. */
type Entry = readonly [
  name: unknown,
  data: unknown,
  options: unknown,
  priority: unknown,
  delay: unknown,
  timestamp: unknown,
  attempts: unknown,
  schedule: unknown,
  lifo: unknown,
];

interface Answer {
  /** Of the entry, from 1. */
  readonly entry: number;
  readonly added: string;
}

/** Jobs that are added. Those with an id of their own, a parent or a deduplication key go one by one. */
export const groupedAdds: GroupedKind = {
  name: 'grouped_add',
  accepts: (statement) => entryOf(statement) !== undefined,
  combine: (queue, statements) => ({
    text: 'SELECT entry, added FROM grouped_add($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    parameters: [queue, ...columnsOf(statements.map((statement) => entryOf(statement) ?? []))],
  }),
  rowsOf: (rows, count) => {
    const answers = new Array<unknown[] | undefined>(count).fill(undefined);
    for (const { entry, added } of rows as Answer[]) answers[entry - 1] = [{ id: added }];
    return answers;
  },
};

/** The entry of a statement; undefined if it is none of these, or asks for what only BullMQ's function does. */
function entryOf({ text, parameters }: Statement): Entry | undefined {
  if (withoutComments(text) !== GROUPED_STATEMENTS.add_job) return undefined;
  const [, id, name, data, options, priority, delay, timestamp, attempts, ...others] = parameters;
  const [parentQueue, parentId, parentKey, deduplication, schedule, lifo] = others;
  const isPlain = [parentQueue, parentId, parentKey, deduplication].every((each) => each === null);
  if (id !== '' || !isPlain) return undefined;
  return [name, data, options, priority, delay, timestamp, attempts, schedule, lifo];
}
