import { hasEnded, type JobSnapshot } from '@libs/queue';
import type { ServerSentEvent } from '../http/event-stream';
import { jobStatus } from './job-status';

/** The id of the last event of a job. A client that reconnects with it has seen everything. */
export const LAST_EVENT_ID = 'end';

/**
 * A job as events, each with the whole status as data:
 *
 *     state      at the beginning, and whenever the state changes
 *     progress   when something else changes
 *     end        the job has completed, failed or been cancelled; the last event
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
