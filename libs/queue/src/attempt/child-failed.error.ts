import { NonRetryableError } from '../errors/non-retryable.error';

/**
 * A job was not run because of a child with the mode `fail`: it has failed permanently or was cancelled, or it was removed
 * before it had completed.
 *
 * To do: fix the cause, and redrive the child: the job then goes on. To redrive the job does both. If the child was
 * removed, add the job again, with its children.
 *
 * @group Failed attempts
 */
export class ChildFailedError extends NonRetryableError {
  override readonly code = 'CHILD_FAILED';

  private constructor(
    message: string,
    /** The contract's name. */
    readonly job: string,
    /** The contract's name of the child. */
    readonly child: string,
    readonly childId: string,
  ) {
    super(message);
  }

  static failed(job: string, child: string, childId: string): ChildFailedError {
    return new ChildFailedError(
      `Its child "${child}" ${childId} has failed, and a "${job}" job fails with that. Fix the cause, and redrive ` +
        'the child, or this job: its failed children are redriven first.',
      job,
      child,
      childId,
    );
  }

  static missing(job: string, child: string, childId: string): ChildFailedError {
    return new ChildFailedError(
      `Its child "${child}" ${childId} was removed before it had completed, and a "${job}" job needs its result. ` +
        'Add the job again, with its children.',
      job,
      child,
      childId,
    );
  }
}
