import { QueueAdmin } from '../admin/queue-admin';
import { cancelMarksOf } from '../cancel/cancel-marks-of';
import { JobCancellation } from '../cancel/job-cancellation';
import { JobCanceller } from '../cancel/job-canceller';
import type { JobContract } from '../contract/job-contract';
import { DeadJobs } from '../dead/dead-jobs';
import { checkOptions } from '../limits/check-options';
import { InvalidOptionError } from '../limits/invalid-option.errors';
import { MODULE_OPTIONS } from '../limits/option-rules';
import { createProducer } from '../module/create-producer';
import { defaultObserver } from '../observe/observers';
import type { AnyObserver } from '../observe/queue-observer';
import type { QueueModuleOptions } from '../options/queue-module-options';
import { SHUTDOWN_BUDGET } from '../options/shutdown-budget';
import { ApplicationOutbox } from '../outbox/application-outbox';
import type { JobProducer } from '../producer/job-producer';
import { Queues } from '../queues/queues';
import { JobEvents } from '../reader/job-events';
import { JobsReader } from '../reader/jobs-reader';
import { Schedules } from '../schedules/schedules';
import { acceptQueueStores } from '../store/backend-dispatcher';
import { openQueueStore } from '../store/open-queue-store';
import { QueueErrors } from '../store/queue-errors';
import type { QueueStore } from '../store/queue-store';
import { reachStore, untilReached } from '../store/reach-store';
import { settleWithin } from '../timing/settle-within';

/**
 * The services of `QueueModule` for a command, which runs no jobs and is short: put together without the container of
 * Nest, which takes longer to load than most commands take in all.
 */
export class CommandServices {
  readonly queues: Queues;
  readonly admin: QueueAdmin;
  readonly dead: DeadJobs;
  readonly schedules: Schedules;
  readonly cancellation: JobCancellation;
  readonly jobs: JobsReader;
  private readonly events: JobEvents;
  private readonly outbox: ApplicationOutbox;
  private readonly canceller: JobCanceller;

  private constructor(
    readonly store: QueueStore,
    private readonly observer: AnyObserver,
    options: QueueModuleOptions,
  ) {
    const errors = new QueueErrors(observer);
    // Workers and producers that stay write these notes; the defaults are the same without them.
    this.queues = new Queues(store, errors, { ...options, skipMetasUpdate: true });
    this.outbox = ApplicationOutbox.lazily(options, store);
    this.canceller = new JobCanceller(cancelMarksOf(store), this.outbox, observer);
    this.events = new JobEvents(store, errors);
    this.admin = new QueueAdmin(this.queues, store, observer);
    this.dead = new DeadJobs(this.queues, store);
    this.schedules = new Schedules(this.queues, store, observer);
    this.cancellation = new JobCancellation(this.queues, this.canceller);
    this.jobs = new JobsReader(this.queues, this.events, this.outbox);
  }

  /**
   * Connects to the store, and opens the queues of these jobs.
   *
   * @throws the errors of `QueueModule` at its start
   */
  static async open(
    jobs: readonly JobContract[],
    options: QueueModuleOptions,
  ): Promise<CommandServices> {
    const checked = checkOptions(
      MODULE_OPTIONS,
      options,
      (problem) => new InvalidOptionError('QueueModule', problem),
    );
    const { connectTimeout: timeout } = checked;
    const observer = defaultObserver();
    acceptQueueStores();
    const store = await reachStore(await openQueueStore(checked, observer), { timeout });
    const services = new CommandServices(store, observer, checked);
    try {
      for (const job of jobs) services.queues.open(job);
      await untilReached(store.location, () => store.checkQueues(), { timeout });
    } catch (error) {
      await services.close();
      throw error;
    }
    return services;
  }

  producer<Job extends JobContract>(job: Job): JobProducer<Job> {
    return createProducer(job, this.queues, this.outbox, this.observer, this.canceller);
  }

  /** A store that stays silent is not waited for. */
  async close(): Promise<void> {
    try {
      await settleWithin(SHUTDOWN_BUDGET.store.time, this.closeQueues());
    } finally {
      // Its connections would keep the process alive.
      await this.store.close();
    }
  }

  private async closeQueues(): Promise<void> {
    await this.events.close();
    await this.queues.close();
  }
}
