/** The settings of a program, which it reads from its environment. */
export interface ProgramSettings {
  queue: string;
  databaseUrl: string;
  queueUrl: string;
  jobs: number;
  concurrency: number;
  /** How many replicas must have a job before it counts as added. */
  replicas?: number;
}

/** What a program reports, in milliseconds. */
export interface ProgramTimes {
  jobs: number;
  ms: number;
  /** CPU time of its process. */
  cpu: number;
}

const VARIABLE = 'THROUGHPUT_SETTINGS';

/** The maximum of connections for queries: the default of BullMQ. */
export const POOL_MAX = 10;

export function programEnvironment(settings: ProgramSettings): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(settings) };
}

export function readSettings(): ProgramSettings {
  // Written by the function above.
  return JSON.parse(process.env[VARIABLE] ?? '') as ProgramSettings;
}

export function isRedis({ queueUrl }: Pick<ProgramSettings, 'queueUrl'>): boolean {
  return !queueUrl.startsWith('postgres');
}

/** The data of the measured jobs, as large as that of an email. */
export const DATA = {
  to: 'ada@example.org',
  subject: 'Hello',
  text: 'A line of text. '.repeat(10),
};

/** The share of the jobs that is not counted: while Node compiles hot code, which a real worker does once. */
const WARM_UP = 0.5;

/** Measures from the end of the warm-up to the end of the last job. */
export class Stopwatch {
  private readonly warmUp: number;
  private ended = 0;
  private started = performance.now();
  private cpu = process.cpuUsage();

  /** @param warmUp how many jobs are not counted */
  constructor(
    private readonly jobs: number,
    warmUp = Math.floor(jobs * WARM_UP),
  ) {
    this.warmUp = warmUp;
  }

  /** Counts a job that has ended. @returns whether it was the last one */
  end(): boolean {
    this.ended += 1;
    if (this.ended === this.warmUp) {
      this.started = performance.now();
      this.cpu = process.cpuUsage();
    }
    return this.ended === this.jobs;
  }

  /** Prints the times for the benchmark. */
  report(): void {
    const ms = performance.now() - this.started;
    const { user, system } = process.cpuUsage(this.cpu);
    const times: ProgramTimes = { jobs: this.jobs - this.warmUp, ms, cpu: (user + system) / 1_000 };
    console.log(JSON.stringify({ times }));
  }
}

/** Runs a task for each job, with limited concurrency. */
export async function inParallel(
  { jobs, concurrency }: Pick<ProgramSettings, 'jobs' | 'concurrency'>,
  task: () => Promise<unknown>,
): Promise<void> {
  const watch = new Stopwatch(jobs);
  let begun = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (begun < jobs) {
        begun += 1;
        await task();
        if (watch.end()) watch.report();
      }
    }),
  );
}

/** Runs the main function of a program, and exits with code 1 if it fails. */
export function runProgram(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
