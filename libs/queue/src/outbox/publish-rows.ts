import type { Queue } from 'bullmq';
import { QueueUnreachableError } from '../connection/queue-unreachable.error';
import { TooFewReplicasError } from '../connection/redis/replication.errors';
import { reasonOf } from '../text/reason-of';
import { addEntries } from '../store/add-entries';
import type { QueueStore } from '../store/queue-store';
import { rejectAfter } from '../timing/reject-after';
import { childEntries } from './outbox-entry';
import { tracePublication } from './outbox-trace';
import type { OutboxRow, RefusedRow } from './relay-connection';

/** In milliseconds: a store that has not accepted the jobs by then counts as unreachable. */
const PUBLISH_TIMEOUT = 15_000;

/** The outcome of a batch. Rows in neither list were not tried, or got no answer. */
export interface Publication {
  readonly published: OutboxRow[];
  readonly refused: RefusedRow[];
  /** Set if the batch was interrupted because the store does not answer. */
  readonly interruption?: unknown;
}

/**
 * Adds rows to their queues. A refused row does not hold up the others: if a queue refuses its rows
 * together, they are added one by one.
 */
export async function publishRows(
  rows: readonly OutboxRow[],
  queueOf: (name: string) => Queue,
  store: Pick<QueueStore, 'check' | 'location'>,
): Promise<Publication> {
  const published: OutboxRow[] = [];
  const refused: RefusedRow[] = [];
  const add = async (batch: readonly OutboxRow[]): Promise<unknown> => {
    const error = await errorOf(addTo(queueOf, batch, store));
    if (error === undefined) published.push(...batch);
    return error;
  };
  for (const queue of new Set(rows.map((row) => row.queue))) {
    const group = rows.filter((row) => row.queue === queue);
    const error = await add(group);
    if (error === undefined) continue;
    // An unusable store refuses everything, which says nothing about the rows.
    const interruption = await unreachable(error, store);
    if (interruption !== undefined) return { published, refused, interruption };
    for (const row of group) {
      const reason = group.length === 1 ? error : await add([row]);
      if (reason === undefined) continue;
      const interruptedBy = await unreachable(reason, store);
      if (interruptedBy !== undefined) return { published, refused, interruption: interruptedBy };
      refused.push({ row, error: reasonOf(reason) });
    }
  }
  return { published, refused };
}

async function addTo(
  queueOf: (name: string) => Queue,
  rows: readonly OutboxRow[],
  { location }: Pick<QueueStore, 'location'>,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const queue = queueOf(first.queue);
  const entries = rows.map(({ name, data, options, children }) => ({
    name,
    data,
    opts: options,
    children: childEntries(children, queueOf),
  }));
  const adding = async () => {
    await addEntries(queue, entries);
  };
  await rejectAfter(PUBLISH_TIMEOUT, tracePublication(queue, rows, adding), () => {
    const reason = new Error(`no answer for ${PUBLISH_TIMEOUT / 1_000} s`);
    return new QueueUnreachableError(location, reason);
  });
}

/** What keeps the store from taking any job; undefined if the row itself is refused. */
async function unreachable(error: unknown, store: Pick<QueueStore, 'check'>): Promise<unknown> {
  const isStore = error instanceof QueueUnreachableError || error instanceof TooFewReplicasError;
  return isStore ? error : errorOf(store.check());
}

/** Resolves to the error, or to undefined; a nullish rejection becomes an error. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error ?? new Error('It failed without a reason.');
  }
}
