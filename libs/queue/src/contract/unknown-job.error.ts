import { UnrecoverableError } from 'bullmq';

/** A queue holds a job that its contract does not name. It fails; it never counts as done. */
export class UnknownJobError extends UnrecoverableError {
  constructor(
    readonly queue: string,
    readonly jobName: string,
    readonly jobId: string,
  ) {
    super(
      `The queue "${queue}" holds a job named "${jobName}" (id ${jobId}), and nothing here does such ` +
        `work: this queue is for "${queue}" jobs. Add jobs through the producer of their contract.`,
    );
  }
}
