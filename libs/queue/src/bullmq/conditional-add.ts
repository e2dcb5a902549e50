import { AsyncLocalStorage } from 'node:async_hooks';

/** A field of a queue's metadata that must have one value for a job to be added, and gets another one then. */
export interface AddCondition {
  readonly field: string;
  readonly expected: string;
  readonly next: string;
}

/** The answer to an `add` whose condition does not hold: nothing was changed. Never leaves this library. */
export class ConditionNotMet extends Error {
  constructor(queue: string) {
    super(`Another process has changed the state of the queue "${queue}".`);
    this.name = 'ConditionNotMet';
  }
}

const conditions = new AsyncLocalStorage<AddCondition | undefined>();

/**
 * Makes an `add` of one job conditional: the store compares the field, changes it, and adds the job in one step. So of
 * several processes that read the same value, one adds its job, and none is added without the change.
 *
 * Options of a job that make BullMQ send something else before are no part of that step.
 *
 * @param add calls `Queue.add` once
 * @throws ConditionNotMet if the field has another value.
 */
export function addIf<Result>(
  condition: AddCondition,
  add: () => Promise<Result>,
): Promise<Result> {
  return conditions.run(condition, add);
}

/** Of the `add` that is running. */
export function currentCondition(): AddCondition | undefined {
  return conditions.getStore();
}

/** Runs a function without the condition around it, or with that of another `add`. */
export function withCondition<Result>(
  condition: AddCondition | undefined,
  run: () => Result,
): Result {
  return conditions.run(condition, run);
}
