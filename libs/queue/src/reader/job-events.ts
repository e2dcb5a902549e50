import { Injectable } from '@nestjs/common';
import type { QueueEvents } from 'bullmq';
import { QueueErrors } from '../store/queue-errors';
import { QueueStore } from '../store/queue-store';
import { JobSubscription } from './job-subscription';
import { QueueEventReader } from '../bullmq/consume/queue-event-reader';

/** Every event that may change a job's snapshot. */
const CHANGES = [
  'active',
  'completed',
  'delayed',
  'failed',
  'progress',
  'removed',
  'stalled',
  'waiting',
  'waiting-children',
] as const;

/** One event reader per queue, opened for the first subscription to one of its jobs and shared by all. */
@Injectable()
export class JobEvents {
  private readonly open = new Map<string, Promise<QueueEvents>>();
  private readonly subscriptions = new Map<string, Set<JobSubscription>>();
  private stopped = false;

  constructor(
    private readonly store: QueueStore,
    private readonly errors: QueueErrors,
  ) {}

  /** The number of queues being read. */
  get readers(): number {
    return this.open.size;
  }

  /** The number of subscriptions. */
  get watchers(): number {
    return [...this.subscriptions.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Subscribes to every change of a job after the promise resolves. */
  async subscribe(queue: string, id: string, signal?: AbortSignal): Promise<JobSubscription> {
    const key = `${queue}:${id}`;
    const subscription = new JobSubscription(signal, () => {
      const others = this.subscriptions.get(key);
      others?.delete(subscription);
      if (others?.size === 0) this.subscriptions.delete(key);
    });
    const all = this.subscriptions.get(key) ?? new Set();
    this.subscriptions.set(key, all.add(subscription));
    if (this.stopped) subscription.end();
    try {
      await this.reader(queue);
    } catch (error) {
      subscription.end();
      throw error;
    }
    return subscription;
  }

  /** Ends all subscriptions: a request that streams events would keep a server from closing. */
  endWatching(): void {
    this.stopped = true;
    for (const subscriptions of this.subscriptions.values()) {
      for (const subscription of [...subscriptions]) subscription.end();
    }
  }

  async close(): Promise<void> {
    this.endWatching();
    for (const reader of await Promise.allSettled(this.open.values())) {
      if (reader.status === 'fulfilled') await reader.value.close();
    }
  }

  private reader(queue: string): Promise<QueueEvents> {
    const reader = this.open.get(queue) ?? this.read(queue);
    this.open.set(queue, reader);
    // The next subscription retries.
    reader.catch(() => this.open.delete(queue));
    return reader;
  }

  private async read(queue: string): Promise<QueueEvents> {
    const events = new QueueEventReader(queue, {
      connection: this.store,
      // Without it the reader repeatedly queries the newest event, and may miss one in between.
      lastEventId: await this.store.latestEventId(queue),
    });
    events.on('error', (error) => {
      this.errors.report(error);
    });
    for (const change of CHANGES) {
      events.on(change, ({ jobId }: { jobId: string }) => {
        this.subscriptions.get(`${queue}:${jobId}`)?.forEach((subscription) => {
          subscription.notify();
        });
      });
    }
    return events;
  }
}
