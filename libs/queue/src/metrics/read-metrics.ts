import type { ConnectionPools } from '@libs/health';
import { Gauge, type Registry } from 'prom-client';
import type { SharedQueueStatus, SharedStatus } from '../admin/shared-queue-status';
import type { ApplicationOutbox } from '../outbox/application-outbox';
import { inTime } from './in-time';

/** In milliseconds: how long this process does not ask about the outbox again. */
const LAG_AGE = 10_000;

/** Where values come from that no event reports. */
export interface MetricSources {
  readonly status: Pick<SharedQueueStatus, 'read'>;
  readonly outbox: Pick<ApplicationOutbox, 'lag'>;
  readonly pools?: Pick<ConnectionPools, 'all'> | undefined;
}

/** What is read when a scraper asks: depths, the outbox, pools. Of a store that does not answer, nothing old is told. */
export class ReadMetrics {
  private readonly jobs: Gauge<'queue' | 'state'>;
  private readonly oldest: Gauge<'queue'>;
  private readonly paused: Gauge<'queue'>;
  private readonly readAt: Gauge<'queue'>;
  private readonly up: Gauge;
  private readonly outboxJobs: Gauge<'state'>;
  private readonly outboxOldest: Gauge;
  private readonly connections: Gauge<'pool' | 'state'>;
  private readonly waiting: Gauge<'pool'>;
  private readonly limit: Gauge<'pool'>;
  private lag:
    { readonly value: ReturnType<ApplicationOutbox['lag']>; readonly at: number } | undefined;

  constructor(register: Registry) {
    const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
      new Gauge<Label>({ name, help, labelNames, registers: [register] });
    this.jobs = gauge(
      'queue_jobs',
      'Jobs in a queue, by state. The same from every process: use max by (queue, state).',
      'queue',
      'state',
    );
    this.oldest = gauge(
      'queue_oldest_job_age_seconds',
      'For how long the job that waits longest could have run; 0 if none waits. The same from every process.',
      'queue',
    );
    this.paused = gauge('queue_paused', 'Whether no worker starts jobs of a queue.', 'queue');
    this.readAt = gauge(
      'queue_status_timestamp_seconds',
      'When one of all processes has read queue_jobs, queue_oldest_job_age_seconds and queue_paused.',
      'queue',
    );
    this.up = gauge('queue_store_up', 'Whether the queue store has answered this scrape.');
    this.outboxJobs = gauge(
      'queue_outbox_jobs',
      'Committed jobs that are not in their queue yet: waiting for a relay, or refused by the queue.',
      'state',
    );
    this.outboxOldest = gauge(
      'queue_outbox_oldest_job_age_seconds',
      'How long the oldest job of the outbox waits; 0 if there is none.',
    );
    this.connections = gauge('pool_connections', 'Open connections, by pool.', 'pool', 'state');
    this.waiting = gauge('pool_waiting', 'Callers that wait for a connection of a pool.', 'pool');
    this.limit = gauge('pool_max_connections', 'The most connections that a pool opens.', 'pool');
  }

  async refresh({ status, outbox, pools }: MetricSources): Promise<void> {
    this.showPools(pools);
    await Promise.all([this.showQueues(status), this.showOutbox(outbox)]);
  }

  private async showQueues(status: MetricSources['status']): Promise<void> {
    const all = await answered(status.read());
    this.up.set(all === undefined ? 0 : 1);
    for (const gauge of [this.jobs, this.oldest, this.paused, this.readAt]) gauge.reset();
    for (const each of all ?? []) this.showQueue(each);
  }

  private showQueue(status: SharedStatus): void {
    const { queue, oldestSince, paused, readAt } = status;
    const states = {
      waiting: status.waiting,
      due: status.due,
      delayed: status.delayed,
      running: status.running,
      dead: status.failed,
      cancelled: status.cancelled,
      waiting_for_children: status.waitingForChildren,
    };
    for (const [state, count] of Object.entries(states)) this.jobs.set({ queue, state }, count);
    const age = oldestSince === undefined ? 0 : Date.now() - oldestSince.getTime();
    this.oldest.set({ queue }, Math.max(0, age) / 1_000);
    this.paused.set({ queue }, paused ? 1 : 0);
    this.readAt.set({ queue }, readAt.getTime() / 1_000);
  }

  private async showOutbox(outbox: MetricSources['outbox']): Promise<void> {
    const now = performance.now();
    if (this.lag === undefined || now - this.lag.at > LAG_AGE) {
      this.lag = { value: outbox.lag(), at: now };
    }
    const lag = await answered(this.lag.value);
    this.outboxJobs.reset();
    this.outboxOldest.reset();
    if (lag === undefined) return;
    this.outboxJobs.set({ state: 'waiting' }, lag.rows - lag.refused);
    this.outboxJobs.set({ state: 'refused' }, lag.refused);
    this.outboxOldest.set(lag.oldestAge / 1_000);
  }

  private showPools(pools: MetricSources['pools']): void {
    for (const gauge of [this.connections, this.waiting, this.limit]) gauge.reset();
    for (const { name: pool, max, use } of pools?.all() ?? []) {
      const { inUse, idle, waiting } = use();
      this.connections.set({ pool, state: 'in_use' }, inUse);
      this.connections.set({ pool, state: 'idle' }, idle);
      this.waiting.set({ pool }, waiting);
      if (max !== undefined) this.limit.set({ pool }, max);
    }
  }
}

/** @returns undefined if there is no answer in time, or none at all */
async function answered<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await inTime(asked);
  } catch {
    // The loss of a store is reported by the store; here it shows in `queue_store_up`.
    return undefined;
  }
}
