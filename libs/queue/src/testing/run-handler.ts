import { randomUUID } from 'node:crypto';
import type { Job, JobProgress } from 'bullmq';
import { AttemptAbort } from '../attempt/attempt-abort';
import type { JobHost } from '../processor/job-host';
import { getProcessorMetadata } from '../processor/processor-metadata';
import type { JobContract, JobInput, JobResult } from '../contract/job-contract';
import { encodeJson } from '../contract/encode-json';
import { versionOption } from '../contract/job-version';
import { JobDataError } from '../contract/job-data.error';
import { throughJson } from '../contract/parse-json';
import { onAbort } from '../timing/on-abort';

/** The outcome of a job run without a queue. */
export interface HandledJob<Contract extends JobContract> {
  /** The result as it would be stored. */
  readonly result: JobResult<Contract>;
  /** What it logged. */
  readonly logs: readonly string[];
  /** Every progress report, in order. */
  readonly progress: readonly JobProgress[];
}

export interface RunHandlerOptions {
  /** @default 1 */
  attempt?: number;
  /** The job's id. @default one of its own for each call */
  id?: string;
  /** When the job was added. With the same id and time, a second call runs the same job again. @default now */
  addedAt?: Date;
  /** Aborts the job, as its timeout or a stopping worker does. */
  signal?: AbortSignal;
}

/**
 * Runs a processor without a queue, a store or a Nest application: for unit tests.
 *
 *     const processor = new EmailProcessor(mailer);
 *     const { result } = await runHandler(processor, { to: 'ada@example.org', … });
 *
 * As in a worker, the data passes through JSON, and data and result are validated against the contract, so
 * what passes here passes there. A failing `handle` rejects with its own error.
 *
 * @throws JobDataError, JobResultError
 */
export async function runHandler<Contract extends JobContract>(
  processor: JobHost<Contract>,
  data: JobInput<Contract>,
  { attempt = 1, id = randomUUID(), addedAt = new Date(), signal }: RunHandlerOptions = {},
): Promise<HandledJob<Contract>> {
  const logs: string[] = [];
  const progress: JobProgress[] = [];
  const contract = getProcessorMetadata(processor.constructor)?.job;
  const name = contract?.name ?? '';
  const encoded = contract === undefined ? undefined : await encodeJson(contract.data, data);
  if (encoded?.ok === false) throw JobDataError.refused(name, encoded.problems);
  const job = {
    id,
    name,
    queueName: name,
    timestamp: addedAt.getTime(),
    data: throughJson(encoded?.json) ?? {},
    attemptsMade: attempt - 1,
    attemptsStarted: attempt,
    opts: versionOption({ version: contract?.version }),
    log: (line: string) => Promise.resolve(logs.push(line)),
    updateProgress: (value: JobProgress) => {
      progress.push(value);
      return Promise.resolve();
    },
  };
  const abort = new AttemptAbort();
  const release = onAbort(signal, (reason) => {
    abort.abort(reason);
  });
  try {
    // Only the members of BullMQ's job that work without a queue.
    const result = await processor.processUntil(abort, job as unknown as Job);
    return { result, logs, progress };
  } finally {
    release();
  }
}
