/** In milliseconds. Node fires a timer with a longer delay at once. */
const LONGEST = 2 ** 31 - 1;

/** Calls `ring` after this time, in milliseconds. */
export type StartTimer = (time: number, ring: () => void) => NodeJS.Timeout;

const startOfNode: StartTimer = (time, ring) => setTimeout(ring, time);

let start = startOfNode;

/** `setTimeout`, but what is too long for it is as long as it can be: 24.8 days. */
export function startTimer(time: number, ring: () => void): NodeJS.Timeout {
  return start(Math.min(time, LONGEST), ring);
}

/** For a test with a clock of its own, which may pass the time of a timer at once. @param other undefined: Node's again */
export function useTimers(other: StartTimer = startOfNode): void {
  start = other;
}
