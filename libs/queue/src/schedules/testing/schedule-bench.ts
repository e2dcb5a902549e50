import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type Job, type Queue, Worker } from 'bullmq';
import type { JobContract } from '../../contract/job-contract';
import { QueueModule } from '../../module/queue.module';
import { Queues } from '../../queues/queues';
import { QueueStore } from '../../store/queue-store';
import { createTestStore, type StoreKind, type TestStore } from '../../store/testing/each-store';
import { JobRuns } from '../job-runs';
import { QueueSchedules } from '../queue-schedules';
import { parseState, type ScheduleState } from '../schedule-state';
import { stateStore } from '../state-store';

/** What a worker process reports about schedules, as one line each. */
export type Reports = string[];

/** Worker processes that share a store and a clock which a test sets; their jobs end when the test says so. */
export class ScheduleBench {
  /** Milliseconds since 1970. */
  now = Date.parse('2027-01-01T00:00Z');
  private readonly workers = new Map<string, Worker>();

  private constructor(
    private readonly store: TestStore,
    private readonly app: INestApplicationContext,
  ) {}

  static async open(kind: StoreKind): Promise<ScheduleBench> {
    const store = await createTestStore(kind);
    const module = await Test.createTestingModule({
      imports: [QueueModule.forRoot({ url: store.url })],
    }).compile();
    module.useLogger(false);
    return new ScheduleBench(store, await module.init());
  }

  async close(): Promise<void> {
    await Promise.all([...this.workers.values()].map((worker) => worker.close()));
    await this.app.close();
    await this.store.drop();
  }

  /** Sets the clock. */
  at(time: string): void {
    this.now = Date.parse(time);
  }

  /** A worker process with this version of a contract. */
  start(job: JobContract, reports: Reports = []): QueueSchedules {
    return new QueueSchedules({
      queue: job.name,
      definitions: job.schedules ?? [],
      store: stateStore(this.queueStore.access),
      runs: new JobRuns(job, this.queue(job)),
      now: () => this.now,
      observer: {
        jobsAdded: ({ ids }) => reports.push(`added ${ids.join()}`),
        schedulesChanged: ({ added, changed, removed }) =>
          reports.push(`changed +${added.join()} ~${changed.join()} -${removed.join()}`),
        scheduleSkipped: ({ schedule, at, reason }) =>
          reports.push(`skipped ${schedule} ${at.toISOString().slice(0, 16)} ${reason}`),
        schedulesOnStandby: () => reports.push('standby'),
      },
    });
  }

  queue(job: JobContract): Queue {
    return this.app.get(Queues).open(job);
  }

  get queueStore(): QueueStore {
    return this.app.get(QueueStore);
  }

  async state(job: JobContract): Promise<ScheduleState | undefined> {
    const states = await stateStore(this.queueStore.access).read([job.name]);
    return parseState(states.get(job.name));
  }

  /** The times that the jobs of a queue are for, as `01-31T03:00`, whether they have ended or not. */
  async times(job: JobContract): Promise<string[]> {
    const jobs = await this.queue(job).getJobs();
    return jobs
      .map(({ id = '' }) => Number(id.split(':')[2]))
      .sort((a, b) => a - b)
      .map((time) => new Date(time).toISOString().slice(5, 16));
  }

  /** Fetches the next job of a queue, as a worker does; undefined if none waits. */
  async fetch(job: JobContract): Promise<Job | undefined> {
    const { name } = job;
    const connection = this.queueStore;
    const worker = this.workers.get(name) ?? new Worker(name, undefined, { connection });
    this.workers.set(name, worker);
    return (await worker.getNextJob('token', { block: false })) as Job | undefined;
  }

  /** Runs the next job of a queue to its end. */
  async finish(job: JobContract): Promise<void> {
    if (!(await this.finishIfAny(job))) throw new Error(`No "${job.name}" job waits.`);
  }

  /** @returns whether a job was waiting */
  async finishIfAny(job: JobContract): Promise<boolean> {
    const fetched = await this.fetch(job);
    await fetched?.moveToCompleted(null, 'token', false);
    return fetched !== undefined;
  }

  /** How many jobs of a queue have not ended. */
  unfinished(job: JobContract): Promise<number> {
    return this.queue(job).getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized');
  }
}
