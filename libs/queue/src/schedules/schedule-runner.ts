import { Inject, Injectable } from '@nestjs/common';
import type { Job } from 'bullmq';
import { describeProblems } from '../contract/describe-problems';
import { encodeJson } from '../contract/encode-json';
import type { JobContract } from '../contract/job-contract';
import { InvalidScheduleError } from '../contract/job-schedule.errors';
import { scheduledRunOf } from '../contract/scheduled-run';
import { QUEUE_OBSERVER } from '../observe/observers';
import type { AnyObserver } from '../observe/queue-observer';
import { Queues } from '../queues/queues';
import { QueueErrors } from '../store/queue-errors';
import { QueueStore } from '../store/queue-store';
import { startTimer } from '../timing/timer';
import { failureOf, JobRuns } from './job-runs';
import { QueueSchedules } from './queue-schedules';
import type { RunOutcome } from './schedule-state';
import { ScheduleTimer } from './schedule-timer';
import { stateStore } from './state-store';

/**
 * In milliseconds: when a worker looks whether earlier builds had schedules that its contracts no longer have. One
 * statement a process, away from its start.
 */
const LEFTOVERS_AFTER = 10_000;

/** What is told about the jobs of one worker; BullMQ's worker does. */
export interface JobEnds {
  on(event: 'completed', listener: (job: Job) => void): unknown;
  on(event: 'failed', listener: (job: Job | undefined) => void): unknown;
}

/** A contract whose jobs this process runs. */
export interface ServedJob {
  readonly job: JobContract;
  readonly worker: JobEnds;
}

/** Runs the schedules of the contracts whose jobs this process runs. Without schedules it does nothing. */
@Injectable()
export class ScheduleRunner {
  private readonly timers: ScheduleTimer[] = [];
  private leftovers: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    private readonly queues: Queues,
    private readonly store: QueueStore,
    private readonly errors: QueueErrors,
    @Inject(QUEUE_OBSERVER) private readonly observer: AnyObserver,
  ) {}

  /** @throws InvalidScheduleError if a contract does not accept the data of its own schedule. */
  async start(served: readonly ServedJob[]): Promise<void> {
    const scheduled = served.filter(({ job }) => job.schedules !== undefined);
    await Promise.all(scheduled.map(({ job }) => requireAcceptable(job)));
    for (const each of scheduled) this.run(each);
    const others = served.filter(({ job }) => job.schedules === undefined);
    if (others.length === 0) return;
    this.leftovers = startTimer(LEFTOVERS_AFTER, () => {
      void this.runLeftovers(others);
    }).unref();
  }

  /** Begins no further run. @returns a promise that resolves when none is being added any more */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.leftovers);
    await Promise.all(this.timers.map((timer) => timer.stop()));
  }

  private run({ job, worker }: ServedJob): void {
    const schedules = new QueueSchedules({
      queue: job.name,
      definitions: job.schedules,
      store: stateStore(this.store.access),
      runs: new JobRuns(job, this.queues.open(job)),
      observer: this.observer,
    });
    const timer = new ScheduleTimer({
      tick: () => schedules.tick(),
      onError: (error) => {
        this.errors.report(error);
      },
    });
    const onEnded = (id: string, outcome: RunOutcome, endedAt = Date.now()) => {
      if (scheduledRunOf(id) === undefined) return;
      schedules.onEnded(id, { outcome, endedAt });
      timer.wake();
    };
    worker.on('completed', ({ id = '', finishedOn }) => {
      onEnded(id, 'completed', finishedOn);
    });
    worker.on('failed', (failed) => {
      // Of an attempt that is followed by another one, there is no end.
      if (failed?.finishedOn === undefined) return;
      onEnded(failed.id ?? '', failureOf(failed), failed.finishedOn);
    });
    this.timers.push(timer);
    timer.wake();
  }

  /** A contract without schedules may have had some, of which workers of an earlier build are still in charge. */
  private async runLeftovers(served: readonly ServedJob[]): Promise<void> {
    try {
      const states = await stateStore(this.store.access).read(served.map(({ job }) => job.name));
      if (this.isStopped) return;
      for (const each of served) if (states.has(each.job.name)) this.run(each);
    } catch (error) {
      this.errors.report(error);
    }
  }
}

/** What `defineJob` cannot check at once. */
async function requireAcceptable({ name, data, schedules = [] }: JobContract): Promise<void> {
  for (const schedule of schedules) {
    const encoded = await encodeJson(data, schedule.data);
    if (encoded.ok) continue;
    throw new InvalidScheduleError(
      { job: name, schedule: schedule.name, written: schedule.expression },
      `its data is not valid: ${describeProblems(encoded.problems)}`,
    );
  }
}
