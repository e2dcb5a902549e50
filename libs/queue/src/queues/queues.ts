import { Inject, Injectable } from '@nestjs/common';
import { Queue } from 'bullmq';
import { hasChildren } from '../contract/job-children';
import type { JobContract } from '../contract/job-contract';
import { versionOption } from '../contract/job-version';
import { QUEUE_MODULE_OPTIONS, type QueueModuleOptions } from '../options/queue-module-options';
import { QueueErrors } from '../store/queue-errors';
import { QueueStore } from '../store/queue-store';
import { UnknownQueueError } from './unknown-queue.error';

/** The queues that this application adds jobs to or reads jobs from: one BullMQ `Queue` per name. */
@Injectable()
export class Queues {
  private readonly queues = new Map<string, Queue>();
  /** Queues of jobs without a contract in this application. */
  private readonly others = new Map<string, Queue>();

  private readonly contracts = new Map<string, JobContract>();

  constructor(
    private readonly store: QueueStore,
    private readonly errors: QueueErrors,
    /** With `skipMetasUpdate`, opening a queue leaves alone what the store notes about it, as a command does. */
    @Inject(QUEUE_MODULE_OPTIONS)
    private readonly options: Pick<QueueModuleOptions, 'telemetry'> & { skipMetasUpdate?: boolean },
  ) {}

  /**
   * The queue of a contract, opened on first use, and those of its children.
   *
   * @throws FlowsUnsupportedError if it has children, and the store cannot add them at once with their parent.
   */
  open(job: JobContract): Queue {
    const known = this.queues.get(job.name);
    if (known !== undefined && this.contracts.get(job.name) === job) return known;
    if (hasChildren(job)) this.requireFlows(job);
    const queue = known ?? this.create(job);
    this.queues.set(job.name, queue);
    this.contracts.set(job.name, job);
    for (const { job: child } of Object.values(job.children)) this.open(child);
    return queue;
  }

  /** Nest closes nothing when a provider fails: the connection would keep the process alive. */
  private requireFlows({ name }: JobContract): void {
    try {
      this.store.requireFlows(name);
    } catch (error) {
      void this.store.close();
      throw error;
    }
  }

  contract(name: string): JobContract | undefined {
    return this.contracts.get(name);
  }

  find(name: string): Queue | undefined {
    return this.queues.get(name);
  }

  /** @throws UnknownQueueError */
  get(name: string): Queue {
    const queue = this.queues.get(name);
    if (queue === undefined) throw new UnknownQueueError(name, this.names());
    return queue;
  }

  /** A queue to publish jobs of any contract to. This application does not read it. */
  forPublishing(name: string): Queue {
    const queue = this.queues.get(name) ?? this.others.get(name) ?? this.create({ name });
    if (!this.queues.has(name)) this.others.set(name, queue);
    return queue;
  }

  names(): string[] {
    return [...this.queues.keys()].sort();
  }

  async close(): Promise<void> {
    const all = [...this.queues.values(), ...this.others.values()];
    await Promise.all(all.map((queue) => queue.close()));
  }

  private create({
    name,
    options,
    version,
  }: Pick<JobContract, 'name'> & Partial<JobContract>): Queue {
    const queue = new Queue(name, {
      connection: this.store,
      // Jobs that are added here are of the contract's version.
      defaultJobOptions: { ...options, ...versionOption({ version }) },
      telemetry: this.options.telemetry,
      skipMetasUpdate: this.options.skipMetasUpdate ?? false,
    });
    queue.on('error', (error) => {
      this.errors.report(error);
    });
    return queue;
  }
}
