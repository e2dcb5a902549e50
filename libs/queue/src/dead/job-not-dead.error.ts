import type { JobState } from '../queues/job-snapshot';

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
