import { BullRegistrar } from '@nestjs/bullmq';
import {
  Inject,
  Injectable,
  Logger,
  Optional,
  Scope,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Readiness } from '@libs/health';
import type { Job } from 'bullmq';
import type { WorkerQueue } from '../admin/queue-workers';
import { cancelMarksOf } from '../cancel/cancel-marks-of';
import { type CancellableJobs, CancelWatch } from '../cancel/cancel-watch';
import { hasChildren } from '../contract/job-children';
import type { JobContract } from '../contract/job-contract';
import { JobConsumers, type JobConsumer } from '../queues/job-consumers';
import { SandboxedHost } from '../isolation/parent/sandboxed-host';
import { QUEUE_OBSERVER } from '../observe/observers';
import type { AnyObserver } from '../observe/queue-observer';
import { WorkerClassError } from './worker-class.error';
import { QUEUE_MODULE_OPTIONS, type QueueModuleOptions } from '../options/queue-module-options';
import { ScheduleRunner } from '../schedules/schedule-runner';
import { QueueErrors } from '../store/queue-errors';
import { type PostgresAccess, QueueStore } from '../store/queue-store';
import { SHUTDOWN_BUDGET } from '../options/shutdown-budget';
import { Deadline } from '../timing/deadline';
import { settleWithin } from '../timing/settle-within';
import { BlockedLoops } from './blocked-loops';
import { CrashRecovery } from './crash-recovery';
import { FetchFailedError } from './fetch-failed.error';
import { JobAbortedError } from '../attempt/job-aborted.error';
import { ScopedProcessorError } from '../processor/scoped-processor.error';
import { TransactionalJobHost } from '../processor/transactional-job-host';
import { TransactionalProcessorError } from '../processor/transactional-processor.error';
import { QueueWorker } from '../bullmq/consume/queue-worker';
import { JobCleaner } from './job-cleaner';
import type { JobHost } from '../processor/job-host';
import type { ProcessorClass } from '../processor/processor-class';
import { contractOf, getProcessorMetadata } from '../processor/processor-metadata';
import { observeJobs } from './observe-jobs';
import { PausedQueues } from './paused-queues';
import { openConnections } from './open-connections';
import { WorkerPresence } from './worker-presence';

/** The injection token of the processor classes of this process. */
export const PROCESSORS = Symbol('PROCESSORS');

/**
 * Starts the workers of a process, and lets their jobs finish when it stops.
 *
 *     idle ──start()──▶ fetching ──stopFetching()──▶ draining ──finish()──▶ finished ──close()──▶ closed
 *                                                       └── abort(), requeue() ┘
 *
 * Nest starts it after every module is initialised; the shut-down of the queue module calls the rest.
 */
@Injectable()
export class WorkersService implements OnApplicationBootstrap, JobConsumer {
  private readonly logger = new Logger('Workers');
  private starting: Promise<void> | undefined;
  private unfinishedJobs = false;
  private hosts: JobHost<JobContract>[] = [];
  private workers: QueueWorker[] = [];
  private cancels: CancelWatch | undefined;
  /** For each worker, resolves when it runs nothing any more. */
  private readonly drained = new Map<QueueWorker, Promise<void>>();

  constructor(
    @Inject(PROCESSORS) private readonly processors: readonly ProcessorClass[],
    private readonly registrar: BullRegistrar,
    private readonly modules: ModuleRef,
    private readonly errors: QueueErrors,
    private readonly consumers: JobConsumers,
    private readonly cleaner: JobCleaner,
    private readonly paused: PausedQueues,
    private readonly blockedLoops: BlockedLoops,
    private readonly crashes: CrashRecovery,
    private readonly schedules: ScheduleRunner,
    private readonly presence: WorkerPresence,
    private readonly store: QueueStore,
    @Inject(QUEUE_MODULE_OPTIONS) private readonly options: QueueModuleOptions,
    @Inject(QUEUE_OBSERVER) private readonly observer: AnyObserver,
    @Optional() private readonly readiness?: Readiness,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.start();
  }

  get jobs(): readonly JobContract[] {
    return this.processors.map(contractOf);
  }

  /** Begins to fetch jobs. Started twice, it starts once. */
  start(): Promise<void> {
    this.starting ??= this.run();
    return this.starting;
  }

  stopFetching(): void {
    for (const host of this.hosts) host.flush();
    for (const worker of this.workers) {
      // Stops fetching at once, and resolves when what was fetched has ended.
      const drained = worker.drain().catch((error: unknown) => {
        this.errors.report(error);
      });
      this.drained.set(worker, drained);
    }
    if (this.hosts.every(({ runningJobs }) => runningJobs.jobs.length === 0)) {
      this.store.stopWaiting();
    }
    // One that is under way is waited for at the end: it must not put off the deadline of the jobs.
    this.presence.drain();
    void this.cleaner.stop();
    void this.paused.stop();
    void this.schedules.stop();
  }

  finish(deadline: number): Promise<boolean> {
    return this.ended(deadline);
  }

  async abort(deadline: number): Promise<void> {
    this.unfinishedJobs = true;
    const running = this.hosts.flatMap(({ runningJobs }) => runningJobs.jobs);
    this.logger.warn(
      running.length > 0
        ? `These jobs still run after ${deadline} ms, and receive their abort signal: ${list(running)}.`
        : `After ${deadline} ms the outcome of some jobs could not be saved yet; they may run again.`,
    );
    for (const { runningJobs } of this.hosts) runningJobs.abortAll(new JobAbortedError(deadline));
    await this.ended(SHUTDOWN_BUDGET.abortGrace.time);
  }

  async requeue(): Promise<void> {
    const unfinished = this.hosts.flatMap(({ runningJobs }) => runningJobs.jobs);
    const unresponsive = this.hosts.flatMap(({ runningJobs }) => runningJobs.handling);
    if (unresponsive.length > 0) {
      this.logger.warn(
        `These jobs ignored their abort signal for ${SHUTDOWN_BUDGET.abortGrace.time} ms. They are requeued, and their results will be discarded: ${list(unresponsive)}.`,
      );
    }
    await Promise.all(this.hosts.map(({ runningJobs }) => runningJobs.requeueAll()));
    const returned = this.hosts.flatMap(({ runningJobs }) => runningJobs.requeuedJobs);
    if (returned.length > 0) {
      const jobs = returned.map(({ queueName, id = '' }) => ({ queue: queueName, id }));
      this.observer.jobsRequeued({ jobs });
    }
    const kept = unfinished.filter((job) => !returned.includes(job));
    if (kept.length > 0) {
      this.logger.warn(
        'The queue store did not take these jobs back in time. They run again when their lock has ' +
          `expired: ${list(kept)}.`,
      );
    }
  }

  async close(deadline: Deadline): Promise<void> {
    this.cancels?.stop();
    this.blockedLoops.stop();
    this.crashes.stop();
    const closing = this.workers.map((worker) => worker.close(this.drained.has(worker)));
    // No job is left that counts.
    const sandboxes = this.hosts.filter((host) => host instanceof SandboxedHost);
    await Promise.all([
      settleWithin(
        deadline.remaining,
        Promise.all([...closing, this.cleaner.stop(), this.paused.stop(), this.schedules.stop()]),
      ),
      this.presence.stop(deadline.remaining),
      ...sandboxes.map((host) => host.close(deadline)),
    ]);
  }

  /** Whether this process has stopped, and not every job had finished by the deadline. */
  get hadUnfinishedJobs(): boolean {
    return this.unfinishedJobs;
  }

  private async run(): Promise<void> {
    await this.requireFlows();
    // All of them before the first worker fetches a job.
    this.hosts = this.processors.map((processor) => this.hostOf(processor));
    for (const host of this.hosts) {
      if (host instanceof SandboxedHost) host.observe(this.observer);
      if (host instanceof TransactionalJobHost)
        host.commitTo(this.databaseFor(host.constructor.name));
    }
    this.registrar.register();
    this.workers = this.hosts.map((host, index) => {
      const worker = queueWorkerOf(host);
      // A start that fails has run no job then.
      worker.hold();
      worker.on('error', (error) => {
        this.errors.report(error);
      });
      observeJobs(worker, this.observer, this.jobs[index]);
      return worker;
    });
    this.crashes.start(this.hosts, this.workers);
    this.consumers.add(this);
    this.readiness?.addCheck('workers', () => this.checkFetching());
    try {
      const { connectTimeout: timeout } = this.options;
      const signal = this.readiness?.stopping;
      if (!(await openConnections(this.workers, this.store, { timeout, signal }))) return;
    } catch (error) {
      await this.abandon();
      throw error;
    }
    await this.startSchedules();
    for (const worker of this.workers) worker.release();
    for (const host of this.hosts) if (host instanceof SandboxedHost) host.warmUp();
    // What runs in a sandbox has a loop of its own to block.
    const inThisLoop = this.hosts.filter((host) => !(host instanceof SandboxedHost));
    this.blockedLoops.start(inThisLoop.map(({ runningJobs }) => runningJobs));
    this.cancels = new CancelWatch(cancelMarksOf(this.store), (error) => {
      this.errors.report(error);
    });
    this.cancels.start(this.hosts.map(cancellableJobs));
    this.cleaner.start(this.jobs);
    this.paused.start(this.jobs);
    this.presence.start(this.processors.map(workerQueueOf));
    this.logger.log(this.workers.length === 0 ? 'No processors to run.' : this.summary());
  }

  private async startSchedules(): Promise<void> {
    const jobs = this.processors.map(contractOf);
    try {
      await this.schedules.start(
        this.workers.map((worker, index) => ({ job: jobs[index] as JobContract, worker })),
      );
    } catch (error) {
      await this.abandon();
      throw error;
    }
  }

  /** @throws FlowsUnsupportedError if a job has children that the store cannot add with it. */
  private async requireFlows(): Promise<void> {
    try {
      for (const contract of this.processors.map(contractOf)) {
        if (hasChildren(contract)) this.store.requireFlows(contract.name);
      }
    } catch (error) {
      await this.store.close();
      throw error;
    }
  }

  /** Nest closes no application whose start has failed. */
  private async abandon(): Promise<void> {
    this.stopFetching();
    await this.close(Deadline.after(SHUTDOWN_BUDGET.connections.time));
    await this.store.close();
  }

  /** @throws FetchFailedError if a worker takes no job because its fetches are refused. */
  private async checkFetching(): Promise<void> {
    for (const { name, fetchFailure } of this.workers) {
      if (fetchFailure === undefined) continue;
      await Promise.reject(new FetchFailedError(name, fetchFailure.error, fetchFailure.since));
    }
  }

  /** @throws ScopedProcessorError if there is no single instance of it. */
  private hostOf(processor: ProcessorClass): JobHost<JobContract> {
    if (this.modules.introspect(processor).scope !== Scope.DEFAULT) {
      throw new ScopedProcessorError(processor.name);
    }
    return this.modules.get(processor, { strict: false });
  }

  /** @throws TransactionalProcessorError if the queues are in none. */
  private databaseFor(processor: string): PostgresAccess {
    const { access, location } = this.store;
    if (access.kind === 'postgres') return access;
    const why =
      access.kind === 'redis'
        ? `the queue store ${location} is a Redis`
        : `its queues are in ${location}, which cannot take part in its transactions`;
    throw new TransactionalProcessorError(processor, why);
  }

  /** Whether every worker runs nothing any more, at the latest after this time. */
  private async ended(time: number): Promise<boolean> {
    const all = [...this.drained].map(async ([worker, drained]) => {
      await drained;
      this.drained.delete(worker);
    });
    await settleWithin(time, Promise.all(all));
    return this.drained.size === 0;
  }

  private summary(): string {
    const list = this.processors.map((processor) => {
      const metadata = getProcessorMetadata(processor);
      const batches =
        metadata?.batch === undefined ? '' : `batches of up to ${metadata.batch.size}, `;
      return `${metadata?.job.name ?? ''} (${batches}${metadata?.concurrency ?? 1} at a time)`;
    });
    return `Running ${list.join(', ')}.`;
  }
}

function cancellableJobs(host: JobHost<JobContract>): CancellableJobs {
  return {
    queue: host.worker.name,
    startedBefore: (time) => host.runningJobs.startedBefore(time),
    cancel: (id, error) => host.cancelAttempt(id, error),
  };
}

function workerQueueOf(processor: ProcessorClass): WorkerQueue {
  const { concurrency = 1, isolation } = getProcessorMetadata(processor) ?? {};
  return { queue: contractOf(processor).name, concurrency, isolation: isolation?.kind };
}

function list(jobs: readonly Job[]): string {
  return jobs.map(({ queueName, id = '' }) => `${queueName} ${id}`).join(', ');
}

/** @throws WorkerClassError if something else has replaced `BullModule.workerClass`. */
function queueWorkerOf({ worker, runningJobs }: JobHost<JobContract>): QueueWorker {
  if (!(worker instanceof QueueWorker)) {
    throw new WorkerClassError(worker.name, worker.constructor.name);
  }
  worker.serve(runningJobs);
  return worker;
}
