import type { TransactionClient } from './transaction-client';

/** The last task on each connection of a caller, whoever in this process has given it one. */
const turns = new WeakMap<TransactionClient, Promise<unknown>>();

/**
 * Runs a task on a caller's connection after the tasks that it was given before. A task that fails
 * repairs the transaction with a second message, and no other may come in between.
 */
export function inTurn<T>(client: TransactionClient, task: () => Promise<T>): Promise<T> {
  const turn = (turns.get(client) ?? Promise.resolve()).then(task);
  turns.set(
    client,
    turn.catch(() => undefined),
  );
  return turn;
}
