import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { AnyObserver } from '../observe/queue-observer';
import { reasonOf } from '../text/reason-of';
import { Bell } from '../timing/bell';
import type { Deadline } from '../timing/deadline';
import { settleWithin } from '../timing/settle-within';
import { OutboxLagReport } from './outbox-lag-report';
import type { Outbox } from './outbox';
import { publishRows } from './publish-rows';
import { BATCH, RelayConnection, type RefusedRow } from './relay-connection';

/**
 * In milliseconds; half of it is random. Polls the outbox in case a notification is lost. The poll also
 * detects a half-open connection.
 */
const POLL_INTERVAL = 10_000;

/** In milliseconds: the first and the longest pause after a failure. */
const PAUSE = { first: 100, longest: 10_000 };

/** The events of a relay. */
export type OutboxObserver = Pick<
  AnyObserver,
  | 'outboxPublished'
  | 'outboxFailing'
  | 'outboxBack'
  | 'outboxRefused'
  | 'outboxLate'
  | 'outboxCaughtUp'
>;

/**
 * Publishes the jobs of an {@link Outbox} to their queues, at least once each.
 *
 *     connect ─▶ publish ─▶ wait for a notification ─▶ publish …
 *        ▲          │ ▲ └── at once, while there is more
 *        └─ pause ◀─┘ └──── (the queue store or the database is away; twice as long each time)
 *
 * Any number of relays may run concurrently, in one or several processes.
 */
export class OutboxRelay {
  private readonly lag: OutboxLagReport;
  private readonly stopping = new AbortController();
  private connection: RelayConnection | undefined;
  private running: Promise<void> | undefined;
  private failures = 0;
  /** Whether the last failure was one of the queue store. */
  private isInterrupted = false;
  /** Rung when jobs are committed, when the connection is lost, and when the relay stops. */
  private readonly notified = new Bell();

  constructor(
    private readonly outbox: Outbox,
    private readonly queueOf: (name: string) => Queue,
    private readonly observer: OutboxObserver,
  ) {
    this.lag = new OutboxLagReport(observer);
  }

  get isConnected(): boolean {
    return this.connection !== undefined;
  }

  start(): void {
    this.running ??= this.run();
  }

  /**
   * Finishes the current batch, if the deadline allows. Other relays publish the rest, or this one after its
   * next start.
   */
  async stop(deadline: Deadline): Promise<void> {
    this.stopping.abort();
    this.notified.ring();
    if (this.running !== undefined) await settleWithin(deadline.remaining, this.running);
    // Closing the connection releases the rows still locked.
    await this.disconnect();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        const heard = this.notified.rings;
        const { taken, published } = await this.publishBatch();
        // A batch without rows does not show that the queue store answers again.
        if (published > 0 || !this.isInterrupted) this.reportBack();
        if (taken === BATCH) continue;
        await this.notified.after(heard, await this.nextPoll());
      } catch (error) {
        await this.afterFailure(error);
      }
    }
    // A connection opened after stop() gave up waiting for it.
    await this.disconnect();
  }

  /** Takes up to {@link BATCH} rows; as many mean that there may be more. */
  private async publishBatch(): Promise<{ taken: number; published: number }> {
    this.connection ??= await RelayConnection.open(this.outbox, this.notified.ring);
    if (this.stopping.signal.aborted) return { taken: 0, published: 0 };
    const rows = await this.connection.claim();
    const { published, refused, interruption } = await publishRows(
      rows,
      this.queueOf,
      this.outbox.store,
    );
    await this.connection.finish(published, refused);
    if (published.length > 0) this.observer.outboxPublished({ count: published.length });
    refused.forEach((row) => {
      this.reportRefused(row);
    });
    if (interruption !== undefined) throw new PublicationInterrupted(interruption);
    return { taken: rows.length, published: published.length };
  }

  /** In milliseconds. */
  private async nextPoll(): Promise<number> {
    const longest = Math.min(POLL_INTERVAL, this.outbox.answerTimeout);
    const pollInterval = longest * (0.5 + Math.random() / 2);
    if (this.connection === undefined) return 0;
    const { oldestAge, nextRetry } = await this.connection.outlook();
    this.lag.report(oldestAge ?? 0);
    // Another process has published what this one could not.
    if (oldestAge === null) this.reportBack();
    return Math.min(pollInterval, Math.max(nextRetry ?? pollInterval, PAUSE.first));
  }

  private async afterFailure(error: unknown): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.isInterrupted = error instanceof PublicationInterrupted;
    if (this.isInterrupted) await this.nextPoll().catch(() => undefined);
    else await this.disconnect();
    this.failures += 1;
    if (this.failures === 1) this.observer.outboxFailing({ error });
    const longest = Math.min(PAUSE.longest, PAUSE.first * 2 ** (this.failures - 1));
    const { signal } = this.stopping;
    await sleep(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }

  private reportBack(): void {
    if (this.failures > 0) this.observer.outboxBack(undefined);
    this.failures = 0;
    this.isInterrupted = false;
  }

  private reportRefused({ row, error }: RefusedRow): void {
    this.observer.outboxRefused({
      queue: row.queue,
      id: row.job_id,
      row: row.id,
      attempts: row.attempts + 1,
      reason: error,
    });
  }

  private async disconnect(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    await connection?.close();
  }
}

/** The outbox works, but the queue store does not answer. */
class PublicationInterrupted extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
    this.name = new.target.name;
  }
}
