import type { TransactionManager } from '../transaction-manager';

export type TransactionRunner = NonNullable<TransactionManager['queryRunner']>;

const managers = new WeakMap<object, TransactionManager>();

/** The manager of a transaction: always the same one, so that what is added with it is sent one after the other. */
export function managerOf(transaction: object, runnerOf: () => TransactionRunner) {
  const known = managers.get(transaction);
  if (known !== undefined) return known;
  const manager: TransactionManager = { queryRunner: runnerOf() };
  managers.set(transaction, manager);
  return manager;
}
