import { setTimeout as pause } from 'node:timers/promises';
import { firstMail } from './first-mail';

/** In milliseconds, from the request to the end of the job; an idle machine takes a tenth of a second. */
const TIMEOUT = 30_000;

/** In milliseconds. */
const POLL_INTERVAL = 50;

/** Variables that select the user's own stores, which our job must not use. */
const OWN = ['DATABASE_URL', 'QUEUE_URL', 'SMTP_URL', 'WORKER_PROCESSORS'];

/**
 * Why `npm start` may not send its own job through the applications, as a sentence; undefined if it may.
 * The row and the caught mail that it leaves behind must stay in the development services.
 */
export function whyNoFirstJob(env: NodeJS.ProcessEnv): string | undefined {
  const own = OWN.filter((variable) => env[variable]);
  if (own.length === 0) return undefined;
  const areSet = own.length === 1 ? 'is' : 'are';
  return `No first job was sent, because ${own.join(' and ')} ${areSet} set: the job would leave a row and a mail there.`;
}

/**
 * Sends one job through request, queue, worker and mail, to show that the workspace works.
 *
 * @param api its address
 * @returns a sentence about the outcome; never throws, because everything keeps running either way
 */
export async function runFirstJob(api: string): Promise<string> {
  const start = performance.now();
  try {
    const signal = AbortSignal.timeout(TIMEOUT);
    const job = await enqueue(api, signal);
    await untilCompleted(job, signal);
    const time = Math.round(performance.now() - start);
    return `A first job succeeded: a mail to ${firstMail.to}, accepted by the api and sent by the worker within ${time} ms.`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `The first job did not succeed: ${reason} The output of api and worker above may say why.`;
  }
}

async function enqueue(api: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${api}/notifications`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(firstMail),
    signal,
  });
  const location = response.headers.get('location');
  if (response.status !== 202 || location === null) {
    throw new Error(`POST /notifications was answered ${response.status}.`);
  }
  return `${api}${location}`;
}

async function untilCompleted(job: string, signal: AbortSignal): Promise<void> {
  let state = 'not known';
  while (!signal.aborted) {
    const response = await fetch(job, { signal });
    // This response of the api is described at /docs.
    const body = (await response.json()) as { state?: string };
    state = body.state ?? `${response.status}`;
    if (state === 'completed') return;
    if (state === 'failed') throw new Error(`it failed, see ${job}.`);
    await pause(POLL_INTERVAL);
  }
  throw new Error(`after ${TIMEOUT / 1_000} s its state is "${state}", see ${job}.`);
}
