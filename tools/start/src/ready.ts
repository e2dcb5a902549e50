import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { StartError } from './start.error';

/** Includes retries while stores start, on a slow machine. */
const TIMEOUT_MS = 120_000;

/**
 * Resolves once an application reports that it is ready.
 *
 * @throws StartError with its last report, if it is not ready within two minutes
 */
export async function untilReady(
  project: string,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const url = `http://127.0.0.1:${port}/health/ready`;
  const deadline = Date.now() + TIMEOUT_MS;
  let last = 'no answer';
  while (!signal.aborted) {
    const answer = await ask(url);
    if (answer?.status === 200) return;
    if (answer) last = `${answer.status ?? ''} ${answer.body.trim()}`;
    if (Date.now() > deadline) {
      throw new StartError(
        `${project} is not ready after ${TIMEOUT_MS / 1_000} s. ${url} says: ${last}`,
      );
    }
    await pause(100, undefined, { signal }).catch(() => undefined);
  }
}

async function ask(url: string): Promise<{ status: number | undefined; body: string } | undefined> {
  try {
    return await new Promise((resolve, reject) => {
      const request = get(url, { agent: false, timeout: 3_000 }, (response) => {
        text(response).then((body) => {
          resolve({ status: response.statusCode, body });
        }, reject);
      });
      request.once('timeout', () => request.destroy(new Error('timeout')));
      request.once('error', reject);
    });
  } catch {
    return undefined;
  }
}
