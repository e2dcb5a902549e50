import type { Job, Queue } from 'bullmq';
import { isCancelled } from '../attempt/job-cancelled.error';
import { addIf } from '../bullmq/conditional-add';
import { encodeJson } from '../contract/encode-json';
import type { JobContract } from '../contract/job-contract';
import { JobDataError } from '../contract/job-data.error';
import type { ScheduleDefinition } from '../contract/job-schedule';
import { addOptions } from '../producer/add-options';
import { inOwnTrace } from '../queues/own-trace';
import type { KnownRun, RunOutcome } from './schedule-state';
import { STATE_FIELD } from './state-store';

/** A change of the state that happens together with adding a job, or not at all. */
export interface StateChange {
  readonly expected: string;
  readonly next: string;
}

/** The jobs of one contract that its schedules add. */
export class JobRuns {
  constructor(
    private readonly job: JobContract,
    private readonly queue: Queue,
  ) {}

  /**
   * Adds the job of a run.
   *
   * @returns its id, or that of a job that its deduplication found instead
   * @throws ConditionNotMet if the state is another one.
   * @throws JobDataError if the contract does not accept the schedule's data.
   */
  async add({ data }: ScheduleDefinition, jobId: string, change?: StateChange): Promise<string> {
    const { name, data: schema } = this.job;
    const encoded = await encodeJson(schema, data);
    if (!encoded.ok) throw JobDataError.refused(name, encoded.problems);
    const options = addOptions(this.job, encoded.value);
    // The end of an earlier run may be what asks for this one.
    const add = () =>
      inOwnTrace(this.queue, () =>
        // A run starts at its time: the contract's delay does not apply.
        this.queue.add(name, encoded.json, { ...options, jobId, delay: 0 }),
      );
    const { id = jobId } = await (change === undefined
      ? add()
      : addIf({ field: STATE_FIELD, ...change }, add));
    return id;
  }

  /** What is known of the end of a run. */
  async outcomeOf({ id }: KnownRun): Promise<RunOutcome | undefined> {
    const state = await this.queue.getJobState(id);
    if (state === 'unknown') return 'removed';
    if (state === 'completed') return state;
    if (state !== 'failed') return undefined;
    return failureOf(await this.queue.getJob(id));
  }
}

/** How a failed job has ended. */
export function failureOf(job: Pick<Job, 'failedReason'> | undefined): 'failed' | 'cancelled' {
  return isCancelled(job?.failedReason) ? 'cancelled' : 'failed';
}
