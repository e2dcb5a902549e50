import { setTimeout as sleep } from 'node:timers/promises';

/** What a program of this benchmark is started with, as JSON. */
export interface LatencySettings {
  readonly role: 'worker' | 'producer';
  readonly queue: string;
  readonly url: string;
  /** Jobs that are added. */
  readonly jobs: number;
  /** Jobs that are added in a second. */
  readonly rate: number;
  /** Jobs that one process runs at the same time. */
  readonly concurrency: number;
}

/** The data of a job. */
export interface Stamp {
  /** From 0, in the order of the adds. */
  readonly number: number;
  /** When its add was called, in milliseconds since 1970, by {@link now}. */
  readonly at: number;
}

/** From the call of `add` to the begin of the handler. */
export interface Latency {
  readonly number: number;
  /** In milliseconds. */
  readonly ms: number;
}

/** In milliseconds since 1970, with fractions. Processes of one machine share this clock. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Collects what a worker measures, and prints all of it for each SIGUSR2. */
export class Latencies {
  private readonly all: Latency[] = [];

  constructor() {
    process.on('SIGUSR2', () => {
      console.log(JSON.stringify(this.all));
    });
  }

  /** Called by the handler, first of all. */
  begin({ number, at }: Stamp): void {
    this.all.push({ number, ms: now() - at });
  }
}

/** Adds the jobs at their times, whether or not earlier adds have been answered. */
export async function addAtRate(
  { jobs, rate }: LatencySettings,
  add: (stamp: Stamp) => Promise<unknown>,
): Promise<void> {
  const start = performance.now();
  const adding: Promise<unknown>[] = [];
  for (let number = 0; number < jobs; number += 1) {
    const wait = start + (number * 1_000) / rate - performance.now();
    if (wait > 0) await sleep(wait);
    adding.push(add({ number, at: now() }));
  }
  await Promise.all(adding);
}

/** Runs the part of a program that its settings name. A worker prints a line when it is ready. */
export function runLatencyProgram(
  parts: Record<LatencySettings['role'], (settings: LatencySettings) => Promise<unknown>>,
): void {
  // Written by the benchmark.
  const settings = JSON.parse(process.argv[2] ?? '') as LatencySettings;
  parts[settings.role](settings).then(
    () => {
      if (settings.role === 'worker') console.log('ready');
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
