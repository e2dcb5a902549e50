import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Readiness } from '@libs/health';
import { ApplicationOutbox } from '../outbox/application-outbox';
import { JobEvents } from '../reader/job-events';
import { QueueStore } from '../store/queue-store';
import { SHUTDOWN_BUDGET } from '../options/shutdown-budget';
import { Allowance, type Deadline } from '../timing/deadline';
import { settleWithin } from '../timing/settle-within';
import { JobConsumers } from '../queues/job-consumers';
import { QUEUE_MODULE_OPTIONS, type QueueModuleOptions } from '../options/queue-module-options';
import { Queues } from '../queues/queues';

const DEFAULT_DEADLINE = 25_000;

/** In milliseconds. A phase that takes longer is in the log without `LOG_LEVEL=debug`. */
const LONG_PHASE = 1_000;

/**
 * The order in which an application closes its queues. Nest calls the hooks; within one hook it
 * goes from the root module inwards, and ends with the global modules.
 *
 *     onModuleDestroy          1. ready turns false
 *                              2. workers stop fetching
 *                              3. running jobs finish; at the deadline the others are
 *                                 aborted and requeued
 *                              4. subscriptions to jobs end
 *                                 … then what the processors import is destroyed
 *     (Nest)                      the HTTP server finishes its requests; they may still add jobs
 *     onApplicationShutdown    5. the relay of the outbox, if there is one, ends its batch
 *                              6. event readers and queues close
 *                              7. the store closes
 *                                 … then the database of the application (TypeORM's module is global)
 *
 * Draining is in the first hook, because a provider that a processor uses may close itself in it.
 *
 * After the deadline, every phase has a limit of the {@link SHUTDOWN_BUDGET}. Those that wait for the
 * queue store share one: a store that stays silent is waited for once, not once a phase.
 */
@Injectable()
export class QueueShutdown implements OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('Shutdown');
  private readonly storeTime = new Allowance(SHUTDOWN_BUDGET.store.time);

  constructor(
    @Inject(QUEUE_MODULE_OPTIONS) private readonly options: QueueModuleOptions,
    private readonly store: QueueStore,
    private readonly queues: Queues,
    private readonly events: JobEvents,
    private readonly consumers: JobConsumers,
    private readonly outbox: ApplicationOutbox,
    @Optional() private readonly readiness?: Readiness,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await this.drain(this.options.shutdownDeadline ?? DEFAULT_DEADLINE);
    this.events.endWatching();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.outbox.isUsed) {
      await this.storePhase('outbox relay stopped', (deadline) => this.outbox.close(deadline));
    }
    try {
      await this.storePhase('queues closed', () => this.closeQueues());
    } finally {
      // Its connections would keep the process alive.
      await this.phase('queue store closed', () => this.store.close());
    }
  }

  private async closeQueues(): Promise<void> {
    await this.events.close();
    await this.queues.close();
  }

  private async drain(deadline: number): Promise<void> {
    this.readiness?.markStopping();
    const consumers = this.consumers.all();
    if (consumers.length === 0) return;
    const start = performance.now();
    for (const consumer of consumers) consumer.stopFetching();
    this.logPhase('workers stopped fetching', start);
    const finished = await Promise.all(consumers.map((consumer) => consumer.finish(deadline)));
    if (finished.every(Boolean)) {
      this.logPhase('running jobs finished', start);
    } else {
      this.logger.log(
        `running jobs did not all finish (${Math.round(performance.now() - start)} ms)`,
      );
      await Promise.all(consumers.map((consumer) => consumer.abort(deadline)));
      await this.storePhase('unfinished jobs requeued', () =>
        Promise.all(consumers.map((consumer) => consumer.requeue())),
      );
    }
    await this.storePhase('workers closed', (closeBy) =>
      Promise.all(consumers.map((consumer) => consumer.close(closeBy))),
    );
  }

  /** Waits for the store, for as long as the phases before have left. What has not ended then is left behind. */
  private async storePhase(
    done: string,
    run: (deadline: Deadline) => Promise<unknown>,
  ): Promise<void> {
    await this.phase(done, () =>
      this.storeTime.spend((deadline) => settleWithin(deadline.remaining, run(deadline))),
    );
  }

  private async phase(done: string, run: () => Promise<unknown>): Promise<void> {
    const start = performance.now();
    await run();
    this.logPhase(done, start);
  }

  /** A restart in development takes moments, and is not worth a line for each of them. */
  private logPhase(done: string, start: number): void {
    const took = Math.round(performance.now() - start);
    const line = `${done} (${took} ms)`;
    if (took < LONG_PHASE) this.logger.debug(line);
    else this.logger.log(line);
  }
}
