import { type QueueStatus, UnknownQueueError } from '@libs/queue';
import { problemDetails } from '../http/problem-details';
import { ProblemException } from '../http/problem.exception';

/** A request names a queue that the api does not have. */
export function queueProblem(error: unknown): ProblemException | undefined {
  return error instanceof UnknownQueueError ? ProblemException.notFound(error.message) : undefined;
}

/** 409: jobs would be lost, and the request does not force it. */
export function lossProblem(
  { queue, waiting, due, delayed }: QueueStatus,
  withDelayed: boolean,
): ProblemException {
  const later = withDelayed ? `, ${delayed} delayed` : '';
  return new ProblemException(
    problemDetails(
      409,
      `Jobs of the queue "${queue}" would be lost for good: ${waiting} waiting, ${due} due${later}. ` +
        'Nothing was removed. Send force=true to remove them.',
    ),
  );
}
