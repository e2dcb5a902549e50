import { Logger } from '@nestjs/common';
import type { Readiness } from './readiness';

export interface StopOptions {
  readiness: Readiness;
  /** Lets go of everything, in order. Once it resolves, nothing keeps the process alive any more. */
  stop: () => Promise<void>;
  /** How long to stay up after turning not ready, in milliseconds, for load balancers to notice. */
  delay?: number;
  /** How long all of it may take, in milliseconds. A process that takes longer is ended: exit code 1. */
  limit: number;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** By convention a process that ends because of a signal exits with 128 and the signal's number. */
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 } as const;

/**
 * Stops the process on SIGTERM (an orchestrator) or SIGINT (Ctrl-C).
 *
 *     signal ──▶ not ready ──▶ delay ──▶ stop() ──▶ the process ends by itself: exit code 0
 *
 * Exit code 1 if stop() fails, or something still keeps the process alive at the limit. A second
 * signal ends it at once.
 *
 * @returns a function that takes the handlers away again
 */
export function stopOnSignal(options: StopOptions): () => void {
  let stopping = false;
  const handle = (signal: (typeof SIGNALS)[number]) => {
    if (stopping) process.exit(EXIT_CODES[signal]);
    stopping = true;
    void stopInOrder(signal, options);
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
}

async function stopInOrder(signal: string, options: StopOptions): Promise<void> {
  const { readiness, stop, delay = 0, limit } = options;
  const logger = new Logger('Shutdown');
  const start = performance.now();
  logger.log(`${signal}: stopping. A second one ends the process at once.`);
  readiness.markStopping();
  // Does not keep the process alive itself: what does, after stop(), is a leak that the limit ends.
  setTimeout(() => {
    logger.error(`Not stopped after ${limit + delay} ms: the process is ended.`);
    process.exit(1);
  }, limit + delay).unref();
  try {
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    await stop();
    logger.log(`Stopped after ${Math.round(performance.now() - start)} ms.`);
  } catch (error) {
    logger.error('Stopping failed.', error instanceof Error ? error.stack : String(error));
    process.exitCode = 1;
  }
}
