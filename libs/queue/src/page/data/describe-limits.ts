import type { JobLimit } from '../../contract/job-limit';

/** In milliseconds, the largest first. */
const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** The limits of a queue in words: `5 at once`, `2 at once per key`, `100 a minute per key`. */
export function describeLimits(
  concurrency: number | undefined,
  limit: JobLimit | undefined,
): string[] {
  const limits: string[] = [];
  if (concurrency !== undefined) limits.push(`${concurrency} at once`);
  if (limit?.concurrency !== undefined) limits.push(`${limit.concurrency} at once per key`);
  if (limit?.rate !== undefined) {
    limits.push(`${limit.rate.max} in ${period(limit.rate.per)} per key`);
  }
  return limits;
}

function period(milliseconds: number): string {
  const [size, unit] = UNITS.find(([length]) => milliseconds % length === 0) ?? [1, 'ms'];
  return `${milliseconds / size} ${unit}`;
}
