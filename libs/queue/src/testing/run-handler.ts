import { randomUUID } from 'node:crypto';
import type { Job, JobProgress } from 'bullmq';
import { AttemptAbort } from '../attempt/attempt-abort';
import type { JobHost } from '../processor/job-host';
import { getProcessorMetadata } from '../processor/processor-metadata';
import { childId } from '../contract/child-ids';
import type {
  JobChildren,
  JobContract,
  JobInput,
  JobResult,
  JobReturn,
} from '../contract/job-contract';
import { encodeJson, encodeResult } from '../contract/encode-json';
import { versionOption } from '../contract/job-version';
import { JobDataError } from '../contract/job-data.error';
import { JobResultError } from '../contract/job-result.error';
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

export interface RunHandlerOptions<Contract extends JobContract = JobContract> {
  /** @default 1 */
  attempt?: number;
  /** The job's id. @default one of its own for each call */
  id?: string;
  /** When the job was added. With the same id and time, a second call runs the same job again. @default now */
  addedAt?: Date;
  /** Aborts the job, as its timeout or a stopping worker does. */
  signal?: AbortSignal;
  /** How its children have ended, by their name in the contract. @default it has none */
  children?: HandledChildren<Contract['children']>;
}

/** What a child has returned, or why it has failed. */
export type HandledChildren<Children extends JobChildren> = {
  readonly [Name in keyof Children]?: readonly (
    { readonly result: JobReturn<Children[Name]['job']> } | { readonly failure: string }
  )[];
};

/**
 * Runs a processor without a queue, a store or a Nest application: for unit tests.
 *
 *     const processor = new EmailProcessor(mailer);
 *     const { result } = await runHandler(processor, { to: 'ada@example.org', … });
 *
 * As in a worker, the data passes through JSON, and data and result are validated against the contract, so
 * what passes here passes there. A failing `handle` rejects with its own error.
 *
 * @throws JobDataError, JobResultError, ChildFailedError
 */
export async function runHandler<Contract extends JobContract>(
  processor: JobHost<Contract>,
  data: JobInput<Contract>,
  {
    attempt = 1,
    id = randomUUID(),
    addedAt = new Date(),
    signal,
    children,
  }: RunHandlerOptions<Contract> = {},
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
    ...(await childrenOf(contract, id, children)),
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

/** The options of the job, and what BullMQ's job tells of children. */
async function childrenOf(
  contract: JobContract | undefined,
  id: string,
  given: HandledChildren<JobContract['children']> = {},
) {
  const childIds: Record<string, string[]> = {};
  const processed: Record<string, unknown> = {};
  const ignored: Record<string, string> = {};
  for (const [name, list = []] of Object.entries(given)) {
    const child = contract?.children[name]?.job;
    if (child === undefined) continue;
    childIds[name] = list.map((_, index) => childId(id, name, index));
    for (const [index, ended] of list.entries()) {
      const key = `${child.name}:${childId(id, name, index)}`;
      if ('failure' in ended) {
        ignored[key] = ended.failure;
        continue;
      }
      const stored = await encodeResult(child.result, ended.result);
      if (!stored.ok)
        throw new JobResultError(child.name, childId(id, name, index), stored.problems);
      processed[key] = throughJson(stored.value) ?? null;
    }
  }
  const opts = { ...versionOption({ version: contract?.version }), childIds };
  return { opts, getDependencies: () => Promise.resolve({ processed, ignored }) };
}
