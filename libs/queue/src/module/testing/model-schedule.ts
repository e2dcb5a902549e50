import type { INestApplicationContext } from '@nestjs/common';
import { QueueAdmin } from '../../admin/queue-admin';
import type { JobContract } from '../../contract/job-contract';
import { Queues } from '../../queues/queues';
import { JobRuns } from '../../schedules/job-runs';
import { QueueSchedules } from '../../schedules/queue-schedules';
import { stateStore } from '../../schedules/state-store';
import { QueueStore } from '../../store/queue-store';
import { journal, JobStory } from './model-journal';
import { runJob, scheduledBuild } from './model-jobs';

/** A schedule that is in effect from one deployment to the next. */
interface Era {
  readonly period: number;
  readonly from: number;
  until: number;
  /** Whether a run was open when it was replaced: the times that waited for it are dropped with it. */
  mayDrop: boolean;
}

const START = Date.parse('2027-01-01T00:00Z');
let builds = 0;

/** Two workers that share a schedule, on a clock that the test sets; and what their runs have to be. */
export class ModelSchedule {
  private now = START;
  private tickedAt = 0;
  private added = 0;
  private readonly eras: Era[] = [];
  private readonly workers: QueueSchedules[] = [];
  private readonly contracts: JobContract[] = [];

  constructor(private readonly app: INestApplicationContext) {}

  async begin(): Promise<void> {
    await this.deploy(0, 20);
    await this.catchUp();
  }

  async deploy(worker: number, period: number): Promise<void> {
    builds += 1;
    const era = this.eras.at(-1);
    if (era?.period !== period) {
      const mayDrop = await this.areTimesWaiting();
      if (era !== undefined) Object.assign(era, { until: this.now, mayDrop });
      this.eras.push({ period, from: this.now, until: Infinity, mayDrop: false });
    }
    this.contracts[worker] = scheduledBuild(builds, period);
    await this.restart(worker);
  }

  async catchUp(): Promise<void> {
    const [newest] = [...this.contracts].sort((a, b) => buildOf(b) - buildOf(a));
    for (const worker of [0, 1]) {
      if (newest === undefined || this.contracts[worker] === newest) continue;
      this.contracts[worker] = newest;
      await this.restart(worker);
    }
  }

  /** A new process in place of a worker. */
  async restart(worker: number): Promise<void> {
    this.workers[worker] = this.start(this.contracts[worker] ?? runJob);
    await this.tick();
  }

  async goOn(seconds: number): Promise<void> {
    this.now += seconds * 1_000;
    await this.tick();
  }

  /** Both workers look at the clock at the same time. */
  async tick(): Promise<void> {
    this.tickedAt = journal.now();
    await Promise.all(this.workers.map((worker) => worker.tick()));
  }

  /** What is wrong with the runs; they are complete when nothing is going on any more. */
  breaches(ids: readonly string[]): string[] {
    const found = new Set(ids.map((id) => Number(id.split(':')[2])));
    const breaches: string[] = [];
    for (const { period, from, until, mayDrop } of this.eras) {
      const step = period * 1_000;
      const last = Math.min(until, this.now);
      const times = Array.from(
        { length: Math.floor(last / step) - Math.floor(from / step) },
        (_, index) => (Math.floor(from / step) + index + 1) * step,
      );
      const missing = times.filter((time) => !found.has(time));
      for (const time of times) found.delete(time);
      const firstMissing = missing[0];
      const isTail = missing.length === times.length - times.indexOf(firstMissing ?? NaN);
      if (firstMissing !== undefined && !(mayDrop && isTail)) {
        breaches.push(`run ${nameOf(firstMissing)} of ${period} s is missing`);
      }
    }
    return [
      ...breaches,
      ...[...found].map((time) => `run ${nameOf(time)} is none of the schedule`),
    ];
  }

  /** Forgets the schedule. */
  async forget(): Promise<void> {
    const states = stateStore(this.app.get(QueueStore).access);
    const text = (await states.read([runJob.name])).get(runJob.name);
    if (text !== undefined) await states.change(runJob.name, text, undefined);
  }

  private start(contract: JobContract): QueueSchedules {
    const queue = this.app.get(Queues).open(runJob);
    return new QueueSchedules({
      queue: contract.name,
      definitions: contract.schedules,
      store: stateStore(this.app.get(QueueStore).access),
      runs: new JobRuns(contract, queue),
      now: () => this.now,
      observer: {
        jobsAdded: ({ ids }) => {
          this.added += ids.length;
          for (const id of ids) journal.added(new JobStory('run', id, this.tickedAt));
        },
        schedulesChanged: () => undefined,
        scheduleSkipped: () => undefined,
        schedulesOnStandby: () => undefined,
      },
    });
  }

  /** Whether times may wait for the end of a run. */
  private async areTimesWaiting(): Promise<boolean> {
    const openRuns = async () => {
      const [status] = await this.app.get(QueueAdmin).status([runJob.name]);
      const { waiting = 0, due = 0, delayed = 0, running = 0 } = status ?? {};
      return waiting + due + delayed + running;
    };
    const before = await openRuns();
    const { added } = this;
    await this.tick();
    return before > 0 || this.added > added || (await openRuns()) > 0;
  }
}

function buildOf({ schedules: [schedule] = [] }: JobContract): number {
  return (schedule?.data as { build: number }).build;
}

function nameOf(time: number): string {
  return new Date(time).toISOString();
}
