import type { JobState } from '../queues/job-snapshot';
import type { FieldProblem } from '../contract/parse-json';
import { describeProblems } from '../contract/describe-problems';

/** A queue is named that this application has no contract of. */
export class UnknownQueueError extends Error {
  readonly userFacing = true;

  constructor(
    readonly queue: string,
    readonly known: readonly string[],
  ) {
    super(`There is no queue "${queue}". There are: ${known.join(', ')}.`);
    this.name = new.target.name;
  }
}

/** A job that is to be redriven or removed is not among the dead: there is none, or it lives (again). */
export class JobNotDeadError extends Error {
  readonly userFacing = true;

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
    this.name = new.target.name;
  }
}

/** A dead job would fail again at once: the contract, as it is now, does not accept it. It stays dead. */
export class RedriveRefusedError extends Error {
  readonly userFacing = true;

  constructor(
    readonly queue: string,
    readonly id: string,
    readonly problems: readonly FieldProblem[],
  ) {
    super(
      `The job "${id}" was not redriven, its data breaks the contract of "${queue}": ` +
        `${describeProblems(problems)}. Make the contract accept it, or remove the job and add it again ` +
        'with the right data; forcing it makes the worker try all the same.',
    );
    this.name = new.target.name;
  }
}

/** A page of dead jobs is asked for by something that no earlier page has given. */
export class InvalidCursorError extends Error {
  readonly userFacing = true;

  constructor(readonly cursor: string) {
    super(
      `"${cursor}" names no page. Use the cursor of the page before, or none for the first one.`,
    );
    this.name = new.target.name;
  }
}
