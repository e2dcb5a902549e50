import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../measure/statistics';

/** Times are in milliseconds. */
export interface LoadOptions {
  /** Requested in turns. */
  urls: readonly string[];
  /** Requests a second. */
  rate: number;
  /** Before the measured time, at the same rate. */
  warmUp: number;
  measured: number;
  /** When a client gives up. */
  timeout: number;
}

/** The outcome of the requests that were due in the measured time. Times are in milliseconds. */
export interface LoadResult {
  sent: number;
  /** Answered with 200, in time. */
  answered: number;
  timedOut: number;
  /** Answered with another status, or aborted. */
  failed: number;
  /** A request that timed out counts with the timeout as its latency. */
  p50: number;
  p99: number;
  worst: number;
  /** 99 % of the requests were sent at most this late. More than a few milliseconds: this process lacked a core. */
  lateness: number;
  /** The measured time, in milliseconds since 1970. */
  window: readonly [from: number, to: number];
}

type Outcome = 'answered' | 'failed' | 'timedOut';

/**
 * Sends requests at a fixed rate, whether or not earlier ones were answered, like independent users. Each is
 * timed from the moment it was due. While an api stalls, requests keep arriving; a client that waits for each
 * answer would count the stall as a single slow request.
 */
export async function requestsAtRate(options: LoadOptions): Promise<LoadResult> {
  const { urls, rate, warmUp, measured, timeout } = options;
  const agent = new Agent({ keepAlive: true });
  const gap = 1_000 / rate;
  const first = Math.ceil(warmUp / gap);
  const total = first + Math.round(measured / gap);
  const started = performance.now();
  const clock = Date.now();
  const pending: Promise<void>[] = [];
  const latencies: number[] = [];
  const lateness: number[] = [];
  const counts: Record<Outcome, number> = { answered: 0, failed: 0, timedOut: 0 };
  for (let number = 0; number < total; number++) {
    const due = started + number * gap;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    const left = performance.now();
    const response = request(urls[number % urls.length] ?? '', agent, timeout - (left - due));
    pending.push(
      response.then((outcome) => {
        if (number < first) return;
        counts[outcome] += 1;
        lateness.push(left - due);
        latencies.push(outcome === 'timedOut' ? timeout : performance.now() - due);
      }),
    );
  }
  await Promise.all(pending);
  agent.destroy();
  const sorted = latencies.sort((a, b) => a - b);
  const from = clock + first * gap;
  return {
    sent: total - first,
    ...counts,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    worst: quantile(sorted, 1),
    lateness: quantile(
      lateness.sort((a, b) => a - b),
      0.99,
    ),
    window: [from, from + measured],
  };
}

function request(url: string, agent: Agent, timeout: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const sent = get(url, { agent }, (response) => {
      response.resume();
      response.once('close', () => {
        clearTimeout(giveUp);
        resolve(response.complete && response.statusCode === 200 ? 'answered' : 'failed');
      });
    });
    const giveUp = setTimeout(() => {
      resolve('timedOut');
      sent.destroy();
    }, timeout);
    sent.once('error', () => {
      clearTimeout(giveUp);
      resolve('failed');
    });
  });
}
