import { BenchError } from './experiment.error';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Exit codes of a process that a signal has ended, as shells have them. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

const controller = new AbortController();

/** Aborted when someone ends the benchmark: Ctrl-C, a closed terminal, SIGTERM. Its reason is a BenchError. */
export const interruption: AbortSignal = controller.signal;

/**
 * Has the process stay when it is told to end, until it has tidied up. Told again, it ends at once, and
 * the guard does the tidying.
 */
export function awaitInterruption(): void {
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (interruption.aborted) process.exit(EXIT_CODES[signal]);
      process.exitCode = EXIT_CODES[signal];
      controller.abort(new BenchError('Stopped.'));
    });
  }
  // The terminal, or Nx, may be gone before this process is: nobody reads what it says then.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
