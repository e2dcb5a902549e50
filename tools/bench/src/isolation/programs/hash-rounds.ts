import { pbkdf2Sync } from 'node:crypto';

/** Work that keeps one core and its event loop busy. */
export function hashRounds(rounds: number): void {
  pbkdf2Sync('a password', 'salt', rounds, 64, 'sha512');
}

/** How many rounds take so many milliseconds here, on a core that nothing else uses. */
export function roundsFor(ms: number): number {
  const sample = 20_000;
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now();
    hashRounds(sample);
    return performance.now() - started;
  });
  return Math.max(1, Math.round((sample * ms) / Math.min(...times)));
}
