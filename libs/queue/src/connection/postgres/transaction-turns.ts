import type { TransactionClient } from './transaction-client';

/** The last task on each caller's connection, across this process. */
const turns = new WeakMap<TransactionClient, Promise<unknown>>();

/**
 * Runs a task on a caller's connection after the tasks queued before it. A failing task repairs the
 * transaction with a second message, and no other may come in between.
 */
export function inTurn<T>(client: TransactionClient, task: () => Promise<T>): Promise<T> {
  const turn = (turns.get(client) ?? Promise.resolve()).then(task);
  turns.set(
    client,
    turn.catch(() => undefined),
  );
  return turn;
}
