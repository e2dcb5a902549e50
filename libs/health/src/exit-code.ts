/**
 * What the exit codes of api and worker mean.
 *
 * A second signal ends the process with 128 and the signal's number, as a shell reports it: 130 after
 * SIGINT, 143 after SIGTERM. A process that was killed has no exit code of its own (137, 139, …).
 */
export const ExitCode = {
  /** It was told to stop, and everything that it was doing has finished. */
  finished: 0,
  /** It could not start, or could not stop in order; the last lines say why. */
  failed: 1,
  /**
   * It stopped in order, but not everything had finished by the deadline: jobs were requeued for
   * another worker, or requests were aborted. EX_TEMPFAIL of sysexits.h: to be tried again.
   */
  unfinished: 75,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
