import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { QUEUE_MODULE_OPTIONS, type QueueModuleOptions } from '../options/queue-module-options';
import { BlockedLoopWatch, type BlockedLoop } from './blocked-loop-watch';
import type { RunningJobs } from '../attempt/running-jobs';
import { Throttle } from '../timing/throttle';

/** In milliseconds. */
const DEFAULT_THRESHOLD = 1_000;

/** In milliseconds: how long nothing more is said of the same processors. */
const QUIET = 60_000;

/** How many jobs are named at most. */
const NAMED = 10;

/** Tells which jobs ran while the event loop was blocked, and what to do; of the same ones once a minute. */
@Injectable()
export class BlockedLoopLog {
  private readonly logger = new Logger('EventLoop');
  private readonly throttle = new Throttle(QUIET);
  private watch: BlockedLoopWatch | undefined;

  constructor(@Inject(QUEUE_MODULE_OPTIONS) private readonly options: QueueModuleOptions) {}

  /** Begins to watch, unless it is switched off. */
  start(processors: readonly RunningJobs[]): void {
    const { blockedLoopThreshold: threshold = DEFAULT_THRESHOLD } = this.options;
    if (threshold === 'off' || processors.length === 0) return;
    this.watch = new BlockedLoopWatch(threshold, processors, (blocked) => {
      this.report(blocked);
    });
    this.watch.start();
  }

  stop(): void {
    this.watch?.stop();
  }

  report({ duration, jobs }: BlockedLoop): void {
    const queues = [...new Set(jobs.map(({ queueName }) => queueName))].sort();
    const heldBack = this.throttle.pass(queues.join(), duration);
    if (heldBack === undefined) return;
    const repeats =
      heldBack.count > 0
        ? ` Since this was last reported, ${heldBack.count} times more, up to ${Math.round(heldBack.largest)} ms.`
        : '';
    this.logger.warn(
      `The event loop was blocked for ${Math.round(duration)} ms while ${list(jobs)} ran: no other ` +
        `job went on, no lock was renewed, no health check answered.${repeats} ${adviceFor(queues)}`,
    );
  }
}

function list(jobs: readonly Job[]): string {
  const names = jobs.slice(0, NAMED).map(({ queueName, id = '' }) => `${queueName} ${id}`);
  const more = jobs.length > NAMED ? ` and ${jobs.length - NAMED} more` : '';
  return names.join(', ') + more;
}

function adviceFor(queues: readonly string[]): string {
  const cause =
    queues.length === 1
      ? `Run the processor of "${queues[0] ?? ''}"`
      : 'Find out which of these processors computes for long, and run it';
  return `${cause} outside of this event loop: isolation: 'process' in its @JobProcessor.`;
}
