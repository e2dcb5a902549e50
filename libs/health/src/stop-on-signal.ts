import { Logger } from '@nestjs/common';
import { ExitCode } from './exit-code';
import type { Readiness } from './readiness';

export interface StopOptions {
  readiness: Readiness;
  /**
   * Lets go of everything, in order. Once it resolves, nothing keeps the process alive any more.
   *
   * What it resolves to is the exit code, by default {@link ExitCode.finished}. With another one the
   * process is ended at once: what did not finish still runs, and another process does it again.
   */
  stop: (() => Promise<ExitCode>) | (() => Promise<void>);
  /**
   * The start of the application, if it is not over yet. On a signal its waits are aborted
   * ({@link Readiness.stopping}): if it then fails, there is nothing to stop, and the process ends. If it
   * succeeds after all, it is stopped.
   */
  starting?: Promise<unknown>;
  /** How long to stay up after turning not ready, in milliseconds, for load balancers to notice. */
  delay?: number;
  /** How long all of it may take, in milliseconds. A process that takes longer is ended: exit code 1. */
  limit: number;
}

/** In milliseconds: a process that takes longer to stop says that it does. */
const ANNOUNCED_AFTER = 300;

/** In milliseconds. Node fires a timer with a longer delay at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** By convention a process that ends because of a signal exits with 128 and the signal's number. */
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 } as const;

/**
 * Stops the process on SIGTERM (an orchestrator) or SIGINT (Ctrl-C).
 *
 *     signal ──▶ not ready ──▶ delay ──▶ stop() ──▶ the process ends by itself: exit code 0
 *                   └── during the start ──▶ its waits are aborted ──▶ exit code 0
 *
 * Exit code 1 if stop() fails, or something still keeps the process alive at the limit. A second
 * signal ends it at once, with a code of its own. {@link ExitCode} lists them all.
 *
 * @returns a function that takes the handlers away again
 */
export function stopOnSignal(options: StopOptions): () => void {
  let stopping = false;
  const handle = (signal: (typeof SIGNALS)[number]) => {
    if (stopping) endAtOnce(signal);
    stopping = true;
    void stopInOrder(signal, options);
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
}

function endAtOnce(signal: keyof typeof EXIT_CODES): never {
  const code = EXIT_CODES[signal];
  new Logger('Shutdown').warn(
    `${signal} again: ended at once, with exit code ${code}. Jobs still running were not requeued.`,
  );
  process.exit(code);
}

/**
 * Whether a start failed with the reason of {@link Readiness.stopping}: it was told to stop, and
 * {@link stopOnSignal} ends the process.
 */
export function isStoppedStart(error: unknown, { stopping }: Readiness): boolean {
  return stopping.aborted && error === stopping.reason;
}

async function stopInOrder(signal: string, options: StopOptions): Promise<void> {
  const { readiness, stop, starting, limit } = options;
  // A process that was not ready yet is not waited for by any load balancer.
  const delay = readiness.state === 'starting' ? 0 : (options.delay ?? 0);
  const logger = new Logger('Shutdown');
  const start = performance.now();
  const longest = Math.ceil((limit + delay) / 1_000);
  // What stops at once is one line.
  const announcement = setTimeout(() => {
    logger.log(
      `${signal}: stopping, within ${longest} s. A second signal ends the process at once.`,
    );
  }, ANNOUNCED_AFTER).unref();
  readiness.markStopping();
  // Does not keep the process alive itself: what does, after stop(), is a leak that the limit ends.
  const most = Math.min(limit + delay, LONGEST_TIMER);
  setTimeout(() => {
    logger.error(`Still running after ${most} ms: ending the process.`);
    process.exit(ExitCode.failed);
  }, most).unref();
  try {
    const outcome = await outcomeOf(starting, readiness);
    // The caller that awaits the start reports the reason, and ends the process.
    if (outcome === 'failed') return;
    if (outcome === 'stopped') {
      logger.log('Stopped during the start: no work had begun.');
      process.exit(ExitCode.finished);
    }
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    const code = (await stop()) ?? ExitCode.finished;
    const took = `${signal}: stopped after ${Math.round(performance.now() - start)} ms`;
    if (code === ExitCode.finished) {
      logger.log(`${took}.`);
    } else {
      logger.warn(`${took}, but not everything had finished: exit code ${code}.`);
      process.exit(code);
    }
  } catch (error) {
    logger.error('Stopping failed.', error instanceof Error ? error.stack : String(error));
    process.exitCode = ExitCode.failed;
  } finally {
    clearTimeout(announcement);
  }
}

async function outcomeOf(
  starting: Promise<unknown> | undefined,
  readiness: Readiness,
): Promise<'started' | 'stopped' | 'failed'> {
  try {
    await starting;
    return 'started';
  } catch (error) {
    return isStoppedStart(error, readiness) ? 'stopped' : 'failed';
  }
}
