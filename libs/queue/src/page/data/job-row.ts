import type { Job } from 'bullmq';
import { isCancelled, reasonOfCancel } from '../../attempt/job-cancelled.error';
import { isParked } from '../../bullmq/key-limits';
import type { JobContract } from '../../contract/job-contract';
import { redactData, redactText } from '../../contract/redaction';
import type { JobRow, RunningJobView } from '../page-data';

/** The length of the data in a row. */
const SHOWN = 200;

/** @param contract whose `redact` names what is not shown */
export function jobRow(queue: string, job: Job, contract: JobContract | undefined): JobRow {
  const { delay, timestamp, processedOn, finishedOn, failedReason } = job;
  const isDelayed = finishedOn === undefined && delay > 0 && !isParked(job);
  return {
    queue,
    id: job.id ?? '',
    name: job.name,
    data: shorten(textOfData(job, contract), SHOWN),
    addedAt: timestamp,
    startedAt: processedOn ?? null,
    finishedAt: finishedOn ?? null,
    dueAt: isDelayed ? Math.max(timestamp, processedOn ?? 0) + delay : null,
    attempts: { made: job.attemptsMade, max: job.opts.attempts ?? 1 },
    // BullMQ keeps the failure of an earlier attempt with a completed job.
    // BullMQ's type lacks that there may be none.
    failure: failureOf(redactText(contract, job.data, failedReason || '')),
    worker: job.processedBy ?? null,
  };
}

export function runningJobView(queue: string, job: Job): RunningJobView {
  const { progress } = job;
  return {
    queue,
    id: job.id ?? '',
    worker: job.processedBy ?? null,
    startedAt: job.processedOn ?? null,
    attempt: job.attemptsMade + 1,
    attempts: job.opts.attempts ?? 1,
    progress: typeof progress === 'number' && progress > 0 && progress <= 100 ? progress : null,
  };
}

/** As JSON, without what the contract redacts. */
export function textOfData(job: Pick<Job, 'data'>, contract: JobContract | undefined): string {
  return jsonOf(redactData(contract, job.data));
}

function failureOf(reason: string): string | null {
  if (reason === '') return null;
  return isCancelled(reason) ? reasonOfCancel(reason) : reason;
}

/** Empty for what JSON has no text for, as `undefined`. */
export function jsonOf(value: unknown, indent?: number): string {
  return value === undefined ? '' : JSON.stringify(value, null, indent);
}

export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
