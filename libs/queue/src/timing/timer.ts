/** In milliseconds. Node fires a timer with a longer delay at once. */
const LONGEST = 2 ** 31 - 1;

/** `setTimeout`, but what is too long for it is as long as it can be: 24.8 days. */
export function startTimer(time: number, ring: () => void): NodeJS.Timeout {
  return setTimeout(ring, Math.min(time, LONGEST));
}
