import type { FieldProblem } from '../contract/parse-json';
import { describeProblems } from '../contract/describe-problems';
import { QueueError } from '../errors/queue.error';
import type { JobState } from '../queues/job-snapshot';

/**
 * A job that is to be redriven or removed is not dead: it does not exist, or it is alive (again).
 *
 * To do: nothing, if it has been redriven already. Otherwise list the dead jobs again.
 *
 * @group Dead jobs
 */
export class JobNotDeadError extends QueueError {
  readonly code = 'JOB_NOT_DEAD';
  override readonly userFacing = true;

  constructor(
    readonly queue: string,
    readonly id: string,
    /** Undefined if there is no such job. */
    readonly state: JobState | undefined,
  ) {
    super(
      state === undefined
        ? `There is no job "${id}" in the queue "${queue}".`
        : `The job "${id}" of the queue "${queue}" is not dead: it is ${state}. Nothing was changed.`,
    );
  }
}

/**
 * A dead job would fail again at once: its contract, as it is now, does not accept its data, or a child that it needs
 * was removed. It stays dead.
 *
 * To do: make the contract accept the data, or remove the job and add it again with correct data. `force` makes
 * the worker try anyway.
 *
 * @group Dead jobs
 */
export class RedriveRefusedError extends QueueError {
  readonly code = 'REDRIVE_REFUSED';
  override readonly userFacing = true;

  constructor(
    readonly queue: string,
    readonly id: string,
    readonly problems: readonly FieldProblem[],
    /** A clause and what to do, if it is not for its data. */
    reason = `its data breaks the contract of "${queue}": ${describeProblems(problems)}. Make the ` +
      'contract accept it, or remove the job and add it again with correct data. To make the worker try ' +
      'anyway, force it.',
  ) {
    super(`The job "${id}" was not redriven, ${reason}`);
  }
}

/**
 * The cursor of a page of dead jobs is not one that an earlier page returned.
 *
 * To do: pass the cursor returned with the previous page, or omit it for the first page.
 *
 * @group Dead jobs
 */
export class InvalidCursorError extends QueueError {
  readonly code = 'INVALID_CURSOR';
  override readonly userFacing = true;

  constructor(readonly cursor: string) {
    super(
      `"${cursor}" is not a valid cursor. Pass the cursor returned with the previous page, or omit it.`,
    );
  }
}
