import { hasEnded, type JobSnapshot } from '@libs/queue';
import type { ServerSentEvent } from '../http/event-stream';
import { jobStatus } from './job-status';

/** The id of the last event of a job. A client that comes back with it has seen everything. */
export const LAST_EVENT_ID = 'end';

/**
 * A job as events, each with the whole status as data:
 *
 *     state      first of all, and whenever the job enters another state
 *     progress   while it stays in its state and something else about it changes
 *     end        the job is completed or failed; nothing comes after it
 */
export async function* jobEvents(
  snapshots: AsyncIterable<JobSnapshot>,
): AsyncGenerator<ServerSentEvent> {
  let state: string | undefined;
  for await (const snapshot of snapshots) {
    const data = JSON.stringify(jobStatus(snapshot));
    if (hasEnded(snapshot)) yield { event: 'end', id: LAST_EVENT_ID, data };
    else yield { event: snapshot.state === state ? 'progress' : 'state', data };
    state = snapshot.state;
  }
}
