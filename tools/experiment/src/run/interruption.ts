import { ExperimentError } from './experiment.error';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit codes that a shell reports for a process ended by a signal. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

const controller = new AbortController();

/** Aborted by Ctrl-C, a closed terminal or SIGTERM. Its reason is an ExperimentError. */
export const interruption: AbortSignal = controller.signal;

/**
 * Keeps the process alive on the first signal, so that it can clean up. A second signal ends it at
 * once; the guard then cleans up.
 */
export function handleInterruption(): void {
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (interruption.aborted) process.exit(EXIT_CODES[signal]);
      process.exitCode = EXIT_CODES[signal];
      controller.abort(new ExperimentError('Stopped.'));
    });
  }
  // The terminal, or Nx, may end before this process does; writing to it then fails.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
