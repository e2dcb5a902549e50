import { Inject, Injectable } from '@nestjs/common';
import { ConditionNotMet } from '../bullmq/conditional-add';
import { localTime } from '../calendar/local-time';
import { TimeZone } from '../calendar/time-zone';
import type { ScheduleDefinition } from '../contract/job-schedule';
import { scheduledRunId, scheduledRunOf } from '../contract/scheduled-run';
import { QUEUE_OBSERVER } from '../observe/observers';
import type { AnyObserver } from '../observe/queue-observer';
import type { JobReference } from '../producer/job-producer';
import { Queues } from '../queues/queues';
import { QueueStore } from '../store/queue-store';
import { JobRuns } from './job-runs';
import { withoutRun, withRun } from './known-runs';
import { isInEffect } from './reconcile';
import {
  formatState,
  parseState,
  type RunOutcome,
  type ScheduleEntry,
  type SkipReason,
  withEntry,
} from './schedule-state';
import { nextTimes } from './schedule-times';
import { stateStore } from './state-store';
import { UnknownScheduleError } from './unknown-schedule.error';

/** The latest run of a schedule. */
export interface LastRun {
  /** The job's id. */
  readonly id: string;
  /** The time that it is for. */
  readonly at: Date;
  /** Whether it was started by hand. */
  readonly manual: boolean;
  /** How it has ended; undefined as long as it has not. */
  readonly outcome: RunOutcome | undefined;
  readonly endedAt: Date | undefined;
}

/** A time at which there will be a run. */
export interface NextRun {
  readonly at: Date;
  /** On a clock in the schedule's zone, or for a period in that of this process: `2026-11-30 03:00:00 +01:00`. */
  readonly local: string;
}

/** A schedule of a contract, and what has become of it. */
export interface ScheduleStatus {
  readonly queue: string;
  /** `default`, if the contract has one schedule without a name. */
  readonly name: string;
  /** As the contract has it, such as `0 3 * * *` or `every 15m`. */
  readonly expression: string;
  /** Undefined for a period. */
  readonly timezone: string | undefined;
  readonly overlap: 'skip' | 'queue';
  readonly missed: 'once' | 'skip';
  /**
   * Whether workers run it like this. `false`: no worker with this contract has started yet, or a worker of another
   * build has replaced it.
   */
  readonly inEffect: boolean;
  /** Its next times. The first ones may have passed: then they wait for an earlier run, or for a worker. */
  readonly next: readonly NextRun[];
  readonly last: LastRun | undefined;
  /** The latest time for which there was no run. */
  readonly skipped: { readonly at: Date; readonly reason: SkipReason } | undefined;
}

export interface ScheduleQuery {
  /** Undefined: the schedules of all queues. */
  queue?: string;
  /** How many of the next times. @default 5 */
  count?: number;
}

/** Lists and runs the schedules of every contract that this application has. */
@Injectable()
export class Schedules {
  constructor(
    private readonly queues: Queues,
    private readonly store: QueueStore,
    @Inject(QUEUE_OBSERVER) private readonly observer: Pick<AnyObserver, 'jobsAdded'>,
  ) {}

  /** @throws UnknownQueueError */
  async list({ queue, count = 5 }: ScheduleQuery = {}): Promise<ScheduleStatus[]> {
    const names = queue === undefined ? this.queues.names() : [this.queues.get(queue).name];
    const scheduled = names.filter((name) => this.definitionsOf(name).length > 0);
    if (scheduled.length === 0) return [];
    const states = await stateStore(this.store.access).read(scheduled);
    const now = Date.now();
    const found = scheduled.flatMap((name) => {
      const state = parseState(states.get(name));
      return this.definitionsOf(name).map((schedule) =>
        this.statusOf(name, schedule, state?.schedules[schedule.name], { now, count }),
      );
    });
    return Promise.all(found);
  }

  /**
   * Runs a schedule now, beside its times: with its data, also while an earlier run is going.
   *
   * @throws UnknownQueueError
   * @throws UnknownScheduleError
   * @throws JobDataError if the contract does not accept the schedule's data.
   */
  async run(queueName: string, name: string): Promise<JobReference> {
    const queue = this.queues.get(queueName);
    const definitions = this.definitionsOf(queueName);
    const schedule = definitions.find((each) => each.name === name);
    const job = this.queues.contract(queueName);
    if (schedule === undefined || job === undefined) {
      throw new UnknownScheduleError(
        queueName,
        name,
        definitions.map((each) => each.name),
      );
    }
    const at = Date.now();
    const jobId = scheduledRunId(name, at, { manual: true });
    const id = await this.add(new JobRuns(job, queue), queueName, schedule, { id: jobId, at });
    if (id !== jobId) return { queue: queueName, id, deduplicated: true };
    this.observer.jobsAdded({ queue: queueName, ids: [id], inTransaction: false });
    return { queue: queueName, id };
  }

  /** As the schedule's latest run, if workers have it in effect. */
  private async add(
    runs: JobRuns,
    queue: string,
    schedule: ScheduleDefinition,
    run: { readonly id: string; readonly at: number },
  ): Promise<string> {
    for (;;) {
      const expected = (await stateStore(this.store.access).read([queue])).get(queue);
      const state = parseState(expected);
      const entry = state?.schedules[schedule.name];
      if (expected === undefined || state === undefined || entry === undefined) {
        return runs.add(schedule, run.id);
      }
      const next = formatState(
        withEntry(state, schedule.name, { ...entry, runs: withRun(entry.runs, run) }),
      );
      try {
        const added = await runs.add(schedule, run.id, { expected, next });
        if (added !== run.id) await this.takeBack(queue, schedule.name, run.id, entry);
        return added;
      } catch (error) {
        if (!(error instanceof ConditionNotMet)) throw error;
      }
    }
  }

  /** The contract's `dedupe` has dropped the job of a run: the latest run is that of before. */
  private async takeBack(
    queue: string,
    schedule: string,
    id: string,
    { runs: before }: ScheduleEntry,
  ): Promise<void> {
    const store = stateStore(this.store.access);
    for (;;) {
      const text = (await store.read([queue])).get(queue);
      const state = parseState(text);
      const entry = state?.schedules[schedule];
      if (state === undefined || entry?.runs.some((run) => run.id === id) !== true) return;
      const runs = withoutRun(entry.runs, id, before);
      const next = formatState(withEntry(state, schedule, { ...entry, runs }));
      if (await store.change(queue, text, next)) return;
    }
  }

  private async statusOf(
    queue: string,
    schedule: ScheduleDefinition,
    entry: ScheduleEntry | undefined,
    { now, count }: { now: number; count: number },
  ): Promise<ScheduleStatus> {
    const { name, expression, times, overlap, missed } = schedule;
    const inEffect = entry !== undefined && isInEffect(schedule, entry);
    const first = inEffect ? Math.min(entry.next ?? Infinity, now + 1) - 1 : now;
    return {
      queue,
      name,
      expression,
      timezone: 'zone' in times ? times.zone.name : undefined,
      overlap,
      missed,
      inEffect,
      next: nextTimes(schedule, first, count).map((time) => ({
        at: new Date(time),
        local: localTime(time, 'zone' in times ? times.zone : TimeZone.own()),
      })),
      last: await this.lastRun(queue, entry),
      skipped: entry?.skipped && {
        at: new Date(entry.skipped.at),
        reason: entry.skipped.reason,
      },
    };
  }

  private async lastRun(
    queueName: string,
    entry: ScheduleEntry | undefined,
  ): Promise<LastRun | undefined> {
    const run = entry?.runs.at(-1);
    const job = this.queues.contract(queueName);
    if (run === undefined || job === undefined) return undefined;
    const { id, at } = run;
    // A worker writes down the end of a run, but not at once if the worker of the job is another one.
    const outcome =
      run.outcome ?? (await new JobRuns(job, this.queues.get(queueName)).outcomeOf(run));
    return {
      id,
      at: new Date(at),
      manual: scheduledRunOf(id)?.manual === true,
      outcome,
      endedAt: run.endedAt === undefined ? undefined : new Date(run.endedAt),
    };
  }

  private definitionsOf(queue: string): readonly ScheduleDefinition[] {
    return this.queues.contract(queue)?.schedules ?? [];
  }
}
