import * as z from 'zod';
import { defineJob } from '@libs/queue';

/** What a program of this bench is told in its environment. */
export interface ProgramSettings {
  queue: string;
  databaseUrl: string;
  queueUrl: string;
  jobs: number;
  concurrency: number;
}

const VARIABLE = 'THROUGHPUT_SETTINGS';

/** The most connections for queries; BullMQ's own default. */
export const POOL_MAX = 10;

export function programEnvironment(settings: ProgramSettings): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(settings) };
}

export function readSettings(): ProgramSettings {
  // Written by the function above.
  return JSON.parse(process.env[VARIABLE] ?? '') as ProgramSettings;
}

export function isRedis({ queueUrl }: ProgramSettings): boolean {
  return queueUrl.startsWith('redis');
}

/** The contract of the jobs that are measured, as large as that of an email. */
export function measuredJob(name: string) {
  return defineJob({
    name,
    data: z.object({ to: z.email(), subject: z.string().min(1).max(998), text: z.string() }),
    result: z.object({ messageId: z.string() }),
  });
}

export const DATA = {
  to: 'ada@example.org',
  subject: 'Hello',
  text: 'A line of text. '.repeat(10),
};

/** Counts jobs from the first that begins to the last that has ended. */
export class Stopwatch {
  private first = 0;
  private ended = 0;

  constructor(private readonly jobs: number) {}

  begin(): void {
    if (this.first === 0) this.first = performance.now();
  }

  /** @returns whether it was the last one */
  end(): boolean {
    this.ended += 1;
    return this.ended === this.jobs;
  }

  /** Tells the bench, in milliseconds. */
  report(): void {
    reportTime(performance.now() - this.first);
  }
}

export function reportTime(ms: number): void {
  console.log(JSON.stringify({ ms }));
}

/** Runs a task so many times, some at once. */
export async function inParallel(
  times: number,
  lanes: number,
  task: () => Promise<unknown>,
): Promise<void> {
  let begun = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (begun < times) {
        begun += 1;
        await task();
      }
    }),
  );
}
