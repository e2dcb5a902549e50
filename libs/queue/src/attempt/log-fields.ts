import { type LineFields, lineFields } from '../observe/line-fields';
import { activeTrace, type TraceIds } from './active-trace';
import { currentAttempt } from './attempt-scope';

/** What a structured logger adds to a line. */
export type LogFields = LineFields & Partial<TraceIds>;

/**
 * The fields of the line that is being written: of a line about a job, that job; of one that a handler, or a service
 * that it calls, writes, the attempt that runs; and the active trace, if there is one. For a logger of the application
 * that writes structured lines.
 */
export function logFields(): LogFields {
  return { ...(lineFields() ?? runningAttempt()), ...activeTrace() };
}

function runningAttempt(): LineFields | undefined {
  const attempt = currentAttempt();
  return attempt && { queue: attempt.queue, jobId: attempt.id, attempt: attempt.attempt };
}
