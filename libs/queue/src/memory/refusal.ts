import { ErrorCode } from 'bullmq';

/** What BullMQ's other backends answer to a call about a job that is not as the caller thinks. */
const SENTENCES = {
  [ErrorCode.JobNotExist]: (job: string) => `Missing key for job ${job}`,
  [ErrorCode.JobLockNotExist]: (job: string) => `Missing lock for job ${job}`,
  [ErrorCode.JobNotInState]: (job: string) => `Job ${job} is not in the expected state`,
  [ErrorCode.JobPendingChildren]: (job: string) => `Job ${job} has pending dependencies`,
  [ErrorCode.ParentJobNotExist]: (job: string) => `Missing key for parent job ${job}`,
  [ErrorCode.JobLockMismatch]: (job: string) => `Lock mismatch for job ${job}`,
  [ErrorCode.JobHasFailedChildren]: (job: string) => `Job ${job} has at least one failed child`,
} as const;

/** An error with BullMQ's code, by which its classes and those of this library tell what has happened. */
export function refusal(code: keyof typeof SENTENCES, job: string, command: string): Error {
  const error = new Error(`${SENTENCES[code](job)}. ${command}`);
  return Object.assign(error, { code });
}
