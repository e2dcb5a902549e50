/**
 * The exit codes of api and worker.
 *
 * A second signal ends the process with 128 plus the signal's number, as a shell reports it: 130 after
 * SIGINT, 143 after SIGTERM. A killed process has no exit code of its own (137, 139, …).
 */
export const ExitCode = {
  /** Stopped on request, and everything in progress has finished. */
  finished: 0,
  /** Failed to start, or to stop gracefully; the last lines give the reason. */
  failed: 1,
  /**
   * Stopped gracefully, but not everything finished by the deadline: jobs were requeued for another worker,
   * or requests were aborted. EX_TEMPFAIL of sysexits.h: a temporary failure, worth a retry.
   */
  unfinished: 75,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
