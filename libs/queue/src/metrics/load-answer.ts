import type { QueueLoads } from '../admin/queue-loads';
import { UnknownQueueError } from '../queues/unknown-queue.error';
import { inTime } from './in-time';

/** What this path and a name after it show is one queue's load. */
export const LOAD_PATH = '/metrics/load/';

/** An answer in JSON. */
export interface LoadAnswer {
  readonly status: 200 | 404 | 503;
  readonly body: object;
}

/**
 * The load of one queue, for those who scale workers, such as KEDA. Whatever is not a number that was read just now is
 * no 200: a queue that is not known, or a store that does not answer, must not look like a queue without jobs.
 *
 * @param name as in the path
 * @param loads undefined: the process has not started
 */
export async function answerLoad(
  name: string,
  loads: Pick<QueueLoads, 'read'> | undefined,
): Promise<LoadAnswer> {
  if (loads === undefined) return unavailable('This process is starting.');
  try {
    return { status: 200, body: await inTime(loads.read(decodeURIComponent(name))) };
  } catch (error) {
    if (error instanceof UnknownQueueError || error instanceof URIError) {
      return { status: 404, body: { error: error.message } };
    }
    return unavailable('The queue store does not answer: see the log of this process.');
  }
}

function unavailable(error: string): LoadAnswer {
  return { status: 503, body: { error } };
}
