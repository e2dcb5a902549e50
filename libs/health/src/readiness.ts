import { Injectable, Logger } from '@nestjs/common';

/**
 * The states of a process:
 *
 *     starting ──markReady()──▶ running ──markStopping()──▶ stopping
 *         └──────────────markStopping()─────────────────────────┘
 *
 * There is no way back from `stopping`.
 */
export type ReadinessState = 'starting' | 'running' | 'stopping';

/** Resolves if the dependency is usable, otherwise rejects with the reason. */
export type ReadinessCheck = () => Promise<void>;

export interface ReadinessReport {
  /** True only in the state `running` and with every check passing. */
  ready: boolean;
  state: ReadinessState;
  checks: Record<string, 'up' | 'down'>;
}

/** How long one check may take, in milliseconds, before it counts as failed. */
const CHECK_TIMEOUT = 2_000;

/** Whether this process should receive work: requests for an api, jobs for a worker. */
@Injectable()
export class Readiness {
  private readonly logger = new Logger(Readiness.name);
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly failing = new Set<string>();
  private readonly abort = new AbortController();
  private current: ReadinessState = 'starting';
  private running: Promise<ReadinessReport> | undefined;

  get state(): ReadinessState {
    return this.current;
  }

  /** Aborted by {@link markStopping}: what a start still waits for is no longer needed. */
  get stopping(): AbortSignal {
    return this.abort.signal;
  }

  /**
   * Adds a dependency that this process needs to be ready.
   *
   * @param name as shown in the report, such as `database`
   * @returns a function that removes the check
   * @throws Error if a check of that name exists
   */
  addCheck(name: string, check: ReadinessCheck): () => void {
    if (this.checks.has(name)) {
      throw new Error(`There is a readiness check "${name}" already. Give this one another name.`);
    }
    this.checks.set(name, check);
    return () => {
      this.checks.delete(name);
      this.failing.delete(name);
    };
  }

  /** Call once the process has started completely. No effect once it is stopping. */
  markReady(): void {
    if (this.current === 'starting') this.current = 'running';
  }

  /** Call before stopping: from here on the process reports that it is not ready. */
  markStopping(): void {
    this.current = 'stopping';
    this.abort.abort();
  }

  /** Runs all checks in parallel. Concurrent callers share one run. */
  async report(): Promise<ReadinessReport> {
    this.running ??= this.runChecks().finally(() => {
      this.running = undefined;
    });
    const { checks } = await this.running;
    // The state may have changed while the checks ran.
    return this.summarize(checks);
  }

  private async runChecks(): Promise<ReadinessReport> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await this.run(name, check)] as const),
    );
    return this.summarize(Object.fromEntries(results));
  }

  private summarize(checks: ReadinessReport['checks']): ReadinessReport {
    const passing = Object.values(checks).every((result) => result === 'up');
    return { ready: this.current === 'running' && passing, state: this.current, checks };
  }

  private async run(name: string, check: ReadinessCheck): Promise<'up' | 'down'> {
    try {
      await withTimeout(check());
      if (this.failing.delete(name)) this.logger.log(`The check "${name}" passes again.`);
      return 'up';
    } catch (error) {
      // Logged on change, not at every probe; the public answer omits the reason.
      if (!this.failing.has(name)) {
        const reason = error instanceof Error ? error.message : String(error);
        this.logger.warn(`The check "${name}" fails: ${reason}`);
      }
      this.failing.add(name);
      return 'down';
    }
  }
}

async function withTimeout(check: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${CHECK_TIMEOUT} ms`));
    }, CHECK_TIMEOUT);
  });
  try {
    await Promise.race([check, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
