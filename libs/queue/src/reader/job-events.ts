import { Injectable } from '@nestjs/common';
import type { QueueEvents } from 'bullmq';
import { QueueErrors } from '../store/queue-errors';
import { QueueStore } from '../store/queue-store';
import { JobSubscription } from './job-subscription';
import { QueueEventReader } from '../bullmq/queue-event-reader';

/** Every event after which a job may look different. */
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

/** One reader of events a queue, opened for the first who watches one of its jobs and shared by all. */
@Injectable()
export class JobEvents {
  private readonly open = new Map<string, Promise<QueueEvents>>();
  private readonly subscriptions = new Map<string, Set<JobSubscription>>();
  private stopped = false;

  constructor(
    private readonly store: QueueStore,
    private readonly errors: QueueErrors,
  ) {}

  /** How many queues are being read. */
  get readers(): number {
    return this.open.size;
  }

  /** How many there are who watch a job. */
  get watchers(): number {
    return [...this.subscriptions.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Is told of every change of this job that happens after the promise resolves. */
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

  /** Lets go of whoever watches: a request that streams events would keep a server from closing. */
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
    // The next who watches tries again.
    reader.catch(() => this.open.delete(queue));
    return reader;
  }

  private async read(queue: string): Promise<QueueEvents> {
    const events = new QueueEventReader(queue, {
      connection: this.store,
      // Without it the reader looks for the newest event again and again, and one may come between.
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
