import { Injectable } from '@nestjs/common';
import { QueueAdmin } from '../../admin/queue-admin';
import type { QueueStatus } from '../../admin/queue-status';
import { type LiveWorker, QueueWorkers } from '../../admin/queue-workers';
import { ApplicationOutbox } from '../../outbox/application-outbox';
import { Queues } from '../../queues/queues';
import { Schedules, type ScheduleStatus } from '../../schedules/schedules';
import { QueueStore } from '../../store/queue-store';
import {
  type Overview,
  type QueueView,
  RUNNING_SHOWN,
  type ScheduleView,
  type WorkerView,
} from '../page-data';
import { describeLimits } from './describe-limits';
import { runningJobView } from './job-row';
import { type QueueHistory, RunHistories } from './run-histories';
import { SharedAnswer } from './shared-answer';

/** In milliseconds: how old an answer may be. What changes slowly, or costs more, is asked less often. */
const MAX_AGE = { counts: 1_500, workers: 4_000, history: 10_000, schedules: 10_000 };

/** What the page shows first. Asked once for all open pages of the process. */
@Injectable()
export class Overviews {
  private readonly overview = new SharedAnswer(() => this.read(), MAX_AGE.counts);
  private readonly histories: SharedAnswer<Map<string, QueueHistory>>;
  private readonly scheduled: SharedAnswer<ScheduleView[]>;
  private readonly working: SharedAnswer<WorkerView[]>;

  constructor(
    private readonly queues: Queues,
    private readonly admin: QueueAdmin,
    private readonly store: QueueStore,
    private readonly outbox: ApplicationOutbox,
    histories: RunHistories,
    schedules: Schedules,
    workers: QueueWorkers,
  ) {
    this.histories = new SharedAnswer(() => histories.read(queues.names()), MAX_AGE.history);
    this.scheduled = new SharedAnswer(
      async () => (await schedules.list({ count: 1 })).map(scheduleView),
      MAX_AGE.schedules,
    );
    this.working = new SharedAnswer(
      async () => (await workers.list()).map(workerView),
      MAX_AGE.workers,
    );
  }

  get(): Promise<Overview> {
    return this.overview.get();
  }

  /** A visitor has changed something, and wants to see it. */
  forget(): void {
    this.overview.forget();
    this.histories.forget();
    this.scheduled.forget();
    this.working.forget();
  }

  private async read(): Promise<Overview> {
    const [statuses, histories, schedules, workers, outbox] = await Promise.all([
      this.admin.status(),
      this.histories.get(),
      this.scheduled.get(),
      this.working.get(),
      this.outbox.lag(),
    ]);
    const busy = statuses.filter(({ running }) => running > 0);
    const running = await Promise.all(
      busy.map(async ({ queue }) => {
        const jobs = await this.queues.get(queue).getJobs(['active'], 0, RUNNING_SHOWN - 1);
        return jobs.map((job) => runningJobView(queue, job));
      }),
    );
    return {
      now: Date.now(),
      store: this.store.location,
      queues: statuses.map((status) => this.queueView(status, histories.get(status.queue))),
      running: running.flat(),
      workers,
      schedules,
      outbox: outbox ?? null,
    };
  }

  private queueView(status: QueueStatus, history: QueueHistory | undefined): QueueView {
    const { queue, waiting, due, delayed, running, failed, cancelled, waitingForChildren } = status;
    const { oldestSince, paused, pausedAt, pausedBy, concurrency } = status;
    return {
      queue,
      waiting,
      due,
      delayed,
      running,
      failed,
      cancelled,
      waitingForChildren,
      oldestSince: oldestSince?.getTime() ?? null,
      paused,
      pausedAt: pausedAt?.getTime() ?? null,
      pausedBy: pausedBy ?? null,
      limits: describeLimits(concurrency, this.queues.contract(queue)?.limit),
      history: history?.history ?? [],
      durations: history?.durations ?? null,
    };
  }
}

function workerView({ startedAt, queues, ...worker }: LiveWorker): WorkerView {
  return {
    ...worker,
    startedAt: startedAt.getTime(),
    queues: queues.map((queue) => ({ ...queue, isolation: queue.isolation ?? null })),
  };
}

function scheduleView({ next: [next], last, skipped, ...schedule }: ScheduleStatus): ScheduleView {
  const { queue, name, expression, timezone, inEffect } = schedule;
  return {
    queue,
    name,
    expression,
    timezone: timezone ?? null,
    inEffect,
    next: next?.at.getTime() ?? null,
    nextLocal: next?.local ?? null,
    last:
      last === undefined
        ? null
        : { id: last.id, at: last.at.getTime(), outcome: last.outcome ?? null },
    skipped: skipped === undefined ? null : { at: skipped.at.getTime(), reason: skipped.reason },
  };
}
