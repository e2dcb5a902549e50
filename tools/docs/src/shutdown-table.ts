import { SHUTDOWN_BUDGET, shutdownLimit, type ShutdownPhase } from '@libs/queue';

/** The page that has the table. */
export const SHUTDOWN = 'docs/operations/shutdown.md';

/** What stopping may take after the deadline, part by part, and the sums for both applications. */
export function shutdownTable(): string {
  const phases: ShutdownPhase[] = Object.values(SHUTDOWN_BUDGET);
  const rows = phases.map(({ time, onlyWithJobs, meaning }) => {
    const limit = seconds(time);
    return `| ${meaning} | ${onlyWithJobs ? '' : limit} | ${limit} |`;
  });
  const [api, worker] = [false, true].map((runsJobs) => seconds(shutdownLimit(0, { runsJobs })));
  return [
    '| After `SHUTDOWN_DEADLINE` | api | worker |',
    '| --- | --- | --- |',
    ...rows,
    `| **Sum** | **${api ?? ''}** | **${worker ?? ''}** |`,
  ].join('\n');
}

/** In words, as texts have it. */
export const seconds = (milliseconds: number): string => `${milliseconds / 1_000} s`;
