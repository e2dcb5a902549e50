import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, BenchError, interruption } from '@tools/experiment';

/** In milliseconds. */
const LOOK_EVERY = 15_000;

export const QUIET_FLAG = {
  quiet: {
    description: 'waits so many minutes at most for a load average below 3, then measures anyway',
    default: '0',
  },
};

const QUIET = 3;

/** Waits for other work on this machine to end: before the first run, not before each. */
export async function quietMachine(
  { progress, assertWanted }: Bench,
  minutes: string,
): Promise<void> {
  if (!/^\d+$/.test(minutes)) {
    throw new BenchError(`--quiet is "${minutes}"; expected a whole number of minutes.`);
  }
  const deadline = Date.now() + Number(minutes) * 60_000;
  if (load() >= QUIET && Date.now() < deadline)
    progress(`Waiting for a quiet machine (load ${load()}) …`);
  while (load() >= QUIET && Date.now() < deadline) {
    // The reason of its end is thrown by the next line but one.
    await sleep(LOOK_EVERY, undefined, { signal: interruption }).catch(() => undefined);
    assertWanted();
  }
}

/** 0 on systems that have no load average. */
function load(): number {
  return loadavg()[0] ?? 0;
}
