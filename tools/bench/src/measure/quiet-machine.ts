import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { countFlag, type Experiment, interruption } from '@tools/experiment';

export const QUIET_FLAG = {
  quiet: countFlag('minutes to wait for a load average below 3; then it measures anyway', 0, 0),
};

const QUIET_LOAD = 3;

/** In milliseconds. */
const POLL_INTERVAL = 15_000;

/** Waits before the first run, not between runs, for other work on this machine to end. */
export async function quietMachine(
  { progress, throwIfStopped }: Experiment,
  minutes: number,
): Promise<void> {
  const deadline = Date.now() + minutes * 60_000;
  const isWaiting = () => load() >= QUIET_LOAD && Date.now() < deadline;
  if (isWaiting()) progress(`Waiting for a quiet machine (load ${load()}) …`);
  while (isWaiting()) {
    await sleep(POLL_INTERVAL, undefined, { signal: interruption }).catch(() => undefined);
    throwIfStopped();
  }
}

function load(): number {
  return loadavg()[0] ?? 0;
}
