import { Injectable } from '@nestjs/common';
import type { Job } from 'bullmq';
import { failedAttempts } from '../../attempt/failed-attempts';
import { parseJobKey } from '../../attempt/job-family';
import { redactData, redactText } from '../../contract/redaction';
import { Queues } from '../../queues/queues';
import type { JobSnapshot } from '../../queues/job-snapshot';
import { JobsReader } from '../../reader/jobs-reader';
import type { JobRow, JobView, RelatedJob } from '../page-data';
import { jobRow, jsonOf, shorten } from './job-row';

/** The length of a JSON text that is shown. */
const SHOWN = 20_000;

/** Of a log, the latest lines. */
const LOG_LINES = 200;

/** Everything about one job. */
@Injectable()
export class JobViews {
  constructor(
    private readonly queues: Queues,
    private readonly reader: JobsReader,
  ) {}

  /** @returns undefined if there is no such job */
  async get(queueName: string, id: string): Promise<JobView | undefined> {
    const queue = this.queues.get(queueName);
    const snapshot = await this.reader.get(queueName, id);
    if (snapshot === undefined) return undefined;
    // A job that is in the outbox only is in no queue yet.
    const job = await queue.getJob(id);
    if (job === undefined) return unpublished(snapshot);
    const contract = this.queues.contract(queueName);
    const show = (text: string) => redactText(contract, job.data, text);
    const [{ logs, count }, children] = await Promise.all([
      queue.getJobLogs(id, -LOG_LINES, -1),
      childrenOf(job),
    ]);
    return {
      ...jobRow(queueName, job, contract),
      ...ofSnapshot(snapshot, show),
      json: textOf(redactData(contract, job.data)),
      options: show(textOf(job.opts)),
      history: failedAttempts(job).map(({ attempt, at, stack }) => ({
        attempt,
        at: at?.getTime() ?? null,
        stack: show(stack),
      })),
      log: logs.map(show),
      logLines: count,
      parent: job.parentKey === undefined ? null : { ...parseJobKey(job.parentKey), state: null },
      children,
    };
  }

  /** The jobs with this id, in every queue. */
  async find(id: string): Promise<{ queue: string; id: string; state: string }[]> {
    const found = await Promise.all(this.reader.known().map((queue) => this.reader.get(queue, id)));
    return found.flatMap((job) =>
      job === undefined ? [] : [{ queue: job.queue, id: job.id, state: job.state }],
    );
  }
}

type FromSnapshot = Pick<
  JobView,
  'queue' | 'id' | 'state' | 'progress' | 'attempts' | 'failure' | 'result'
>;

function ofSnapshot(snapshot: JobSnapshot, show: (text: string) => string): FromSnapshot {
  const { queue, id, state, progress, attempts, failure = '', result } = snapshot;
  return {
    queue,
    id,
    state,
    progress: typeof progress === 'number' ? progress : show(textOf(progress)),
    attempts,
    failure: failure === '' ? null : show(failure),
    result: result === undefined ? null : show(textOf(result)),
  };
}

function unpublished(snapshot: JobSnapshot): JobView {
  const row: JobRow = {
    queue: snapshot.queue,
    id: snapshot.id,
    name: snapshot.queue,
    data: '',
    addedAt: snapshot.enqueuedAt.getTime(),
    startedAt: null,
    finishedAt: null,
    dueAt: null,
    attempts: snapshot.attempts,
    failure: null,
    worker: null,
  };
  const none = { json: '', options: '', history: [], log: [], logLines: 0 };
  return { ...row, ...ofSnapshot(snapshot, (text) => text), ...none, parent: null, children: [] };
}

async function childrenOf(job: Job): Promise<RelatedJob[]> {
  const { processed, ignored, unprocessed, failed } = await job.getDependencies();
  const related = (keys: readonly string[], state: string) =>
    keys.map((key): RelatedJob => ({ ...parseJobKey(key), state }));
  return [
    ...related(unprocessed ?? [], 'open'),
    ...related(failed ?? [], 'failed'),
    ...related(Object.keys(ignored ?? {}), 'ignored'),
    ...related(Object.keys(processed ?? {}), 'completed'),
  ];
}

function textOf(value: unknown): string {
  return shorten(jsonOf(value, 2), SHOWN);
}
