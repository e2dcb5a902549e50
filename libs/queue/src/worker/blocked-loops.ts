import { Inject, Injectable } from '@nestjs/common';
import type { RunningJobs } from '../attempt/running-jobs';
import { QUEUE_OBSERVER } from '../observe/observers';
import type { AnyObserver } from '../observe/queue-observer';
import { QUEUE_MODULE_OPTIONS, type QueueModuleOptions } from '../options/queue-module-options';
import { BlockedLoopWatch } from './blocked-loop-watch';

/** In milliseconds. */
const DEFAULT_THRESHOLD = 1_000;

/** In milliseconds: the shortest block that is measured for observers that ask for it. */
const SHORTEST = 50;

/** Reports which jobs ran while the event loop of this process was blocked. */
@Injectable()
export class BlockedLoops {
  private watch: BlockedLoopWatch | undefined;

  constructor(
    @Inject(QUEUE_MODULE_OPTIONS) private readonly options: QueueModuleOptions,
    @Inject(QUEUE_OBSERVER)
    private readonly observer: Pick<AnyObserver, 'loopBlocked' | 'loopDelayed'>,
  ) {}

  /** Starts watching, unless switched off. */
  start(processors: readonly RunningJobs[]): void {
    const { blockedLoopThreshold: threshold = DEFAULT_THRESHOLD, observers = [] } = this.options;
    const longest = threshold === 'off' ? Infinity : threshold;
    const measuresAll = observers.some(({ loopDelayed }) => loopDelayed !== undefined);
    const shortest = measuresAll ? Math.min(SHORTEST, longest) : longest;
    if (shortest === Infinity || processors.length === 0) return;
    this.watch = new BlockedLoopWatch(shortest, processors, ({ duration, jobs }) => {
      const observed = jobs.map(({ queueName, id = '' }) => ({ queue: queueName, id }));
      if (measuresAll) this.observer.loopDelayed({ duration, jobs: observed });
      if (duration >= longest) this.observer.loopBlocked({ duration, jobs: observed });
    });
    this.watch.start();
  }

  stop(): void {
    this.watch?.stop();
  }
}
