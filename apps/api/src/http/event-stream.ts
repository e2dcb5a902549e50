import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface ServerSentEvent {
  event: string;
  /** On one line. */
  data: string;
  id?: string;
}

/** How often a comment is sent, in milliseconds: proxies close idle connections. */
const HEARTBEAT = 15_000;

/**
 * Sends events until there are no more, or until the client disconnects and the signal is aborted.
 *
 * Waits for a slow client, so that nothing accumulates in memory.
 */
export async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<ServerSentEvent>,
  signal: AbortSignal,
  heartbeat = HEARTBEAT,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    // Makes nginx forward each event at once.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const timer = setInterval(() => response.write(': still here\n\n'), heartbeat);
  try {
    for await (const event of events) {
      if (signal.aborted) return;
      if (!response.write(format(event))) await once(response, 'drain', { signal });
    }
    response.end();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(timer);
  }
}

function format({ event, id, data }: ServerSentEvent): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`;
}
