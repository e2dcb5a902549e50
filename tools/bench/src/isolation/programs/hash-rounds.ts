import { pbkdf2Sync } from 'node:crypto';

/** Blocks the event loop and keeps one core busy. */
export function hashRounds(rounds: number): void {
  pbkdf2Sync('a password', 'salt', rounds, 64, 'sha512');
}

/** How many rounds take this many milliseconds on a free core of this machine. */
export function roundsFor(ms: number): number {
  const sample = 20_000;
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now();
    hashRounds(sample);
    return performance.now() - started;
  });
  return Math.max(1, Math.round((sample * ms) / Math.min(...times)));
}
