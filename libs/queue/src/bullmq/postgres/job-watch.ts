import type { PgNotification, PostgresConnection } from 'bullmq';
import { LISTENER_TRUST } from '../../connection/postgres/listening-client';
import { startTimer } from '../../timing/timer';
import { CallGroup } from './call-group';
import { LISTENER_LOST, POSTGRES_CHANNELS } from '../internals';
import type { KeptNotes } from './postgres-worker-notes';
import { lookAtQueues, type QueueLook, type WatchedQueue } from './queue-looks';
import { QueueRounds, type RoundListener, type RoundTimes, type RoundUser } from './queue-rounds';

/** In milliseconds: how often a queue is asked whose jobs wait for room in their key, which may be told by nothing. */
const PARKED = 5_000;

type ListenClient = Awaited<ReturnType<PostgresConnection['getListenClient']>>;

/** A worker that waits for a job. */
interface Waiter {
  readonly watched: WatchedQueue;
  /** In milliseconds since 1970: when it is woken in any case. */
  due: number;
  /** In milliseconds since 1970: not before this time because a job is due. */
  readonly notBefore: number;
  readonly wake: (hasJob: boolean) => void;
}

/**
 * The wait of all idle workers of a process for their next job: one listening connection, one timer for the next job
 * that is due, and no statement while nothing happens but a look at all queues at once every half minute.
 *
 *     wait ──▶ look: nothing ready ──▶ silent ── notified, or due ──▶ the worker fetches
 *               │                        └── the listening connection is lost or does not answer ──▶ the worker polls
 *               └── a job is ready ──▶ the worker fetches
 *
 * Postgres delivers a notification once its transaction has committed, unless the connection that listens is lost; that
 * one is probed all the time, without a transaction. While it is in doubt, workers poll as BullMQ's own do.
 */
export class JobWatch {
  private readonly waiters = new Map<string, Set<Waiter>>();
  private readonly rounds: QueueRounds;
  private readonly looks = new CallGroup<WatchedQueue, QueueLook | undefined>(
    async (queues) => {
      const found = await this.look(queues);
      return queues.map(({ queue }) => found.get(queue));
    },
    { maxCalls: 1_000, maxSize: Infinity, sizeOf: () => 1 },
  );
  private client: ListenClient | undefined;
  private listening: Promise<unknown> = Promise.resolve();
  private isTrusted = true;
  private isStopped = false;
  private dueTimer: NodeJS.Timeout | undefined;
  private notes: KeptNotes | undefined;

  /** @param times of the rounds */
  constructor(
    private readonly connection: PostgresConnection,
    times?: RoundTimes,
  ) {
    connection.on(LISTENER_LOST, this.onLost);
    this.rounds = new QueueRounds({
      look: (queues) => this.look(queues, this.notes),
      isWanted: () => this.notes !== undefined,
      onLooks: (found) => {
        for (const waiter of this.all()) {
          const look = found.get(waiter.watched.queue);
          if (look !== undefined) this.note(waiter, look);
        }
        this.arm();
      },
      // Each worker tries by itself, and reports why it cannot.
      onFailed: () => {
        this.wakeAll();
      },
      times,
    });
  }

  /** Takes a queue into the rounds. @returns what takes it out again */
  add(user: RoundUser): () => void {
    return this.rounds.add(user);
  }

  /**
   * Has each round write these notes again; there are rounds without an idle worker too, then. Resolves when no round
   * writes the notes of before any more.
   */
  renewNotes(notes: KeptNotes | undefined): Promise<void> {
    this.notes = notes;
    this.rounds.begin();
    return this.rounds.settled();
  }

  /** Calls a function after each round. @returns what ends that */
  onRound(listener: RoundListener): () => void {
    return this.rounds.listen(listener);
  }

  /**
   * Waits until a job of the queue is ready, or is due.
   *
   * @param patience in milliseconds: the longest wait while notifications cannot be relied on
   * @param pause in milliseconds: the shortest wait for a job that is due
   * @returns whether a job is ready, as far as is known
   */
  async wait(
    watched: WatchedQueue,
    patience: number,
    signal: AbortSignal,
    pause = 0,
  ): Promise<boolean> {
    await this.listen();
    if (signal.aborted || this.isStopped) return false;
    return new Promise((resolve) => {
      const all = this.waitersOf(watched.queue);
      const waiter: Waiter = {
        watched,
        notBefore: Date.now() + pause,
        due: this.isTrusted ? Infinity : Date.now() + patience,
        wake: (hasJob) => {
          all.delete(waiter);
          signal.removeEventListener('abort', onAbort);
          resolve(hasJob);
        },
      };
      const onAbort = () => {
        waiter.wake(false);
      };
      all.add(waiter);
      signal.addEventListener('abort', onAbort);
      // After it has begun to listen: what was committed before is found, and what is committed later is notified.
      this.looks.join(watched).then(
        (look) => {
          if (look !== undefined) this.note(waiter, look);
          this.arm();
        },
        // The fetch that follows fails with the same error.
        () => {
          this.hurry(waiter, Date.now() + patience);
          this.arm();
        },
      );
    });
  }

  stop(): void {
    this.isStopped = true;
    this.rounds.stop();
    this.connection.off(LISTENER_LOST, this.onLost);
    this.client?.removeListener('notification', this.onNotification);
    this.wakeAll();
    clearTimeout(this.dueTimer);
  }

  private async listen(): Promise<ListenClient> {
    const client = await this.connection.getListenClient();
    if (client !== this.client && !this.isStopped) {
      this.client = client;
      this.isTrusted = true;
      client.on('notification', this.onNotification);
      // An event of ours, which BullMQ's type does not have.
      client.on(LISTENER_TRUST as 'end', this.onTrust as () => void);
      this.listening = client.query(`LISTEN ${POSTGRES_CHANNELS.jobs}`);
    }
    try {
      await this.listening;
      return client;
    } catch (error) {
      this.client = undefined;
      throw error;
    }
  }

  private readonly onNotification = ({ channel, payload = '' }: PgNotification): void => {
    if (channel !== POSTGRES_CHANNELS.jobs) return;
    for (const { wake } of [...(this.waiters.get(payload) ?? [])]) wake(true);
  };

  private readonly onTrust = (isTrusted: boolean): void => {
    if (this.isTrusted && !isTrusted) this.wakeAll();
    this.isTrusted = isTrusted;
  };

  /** What was notified meanwhile is lost: each worker looks again. */
  private readonly onLost = (): void => {
    this.client = undefined;
    this.wakeAll();
  };

  private wakeAll(): void {
    for (const waiters of this.waiters.values()) for (const { wake } of [...waiters]) wake(false);
  }

  private note(waiter: Waiter, { isReady, due = Infinity, hasParked }: QueueLook): void {
    if (isReady) {
      waiter.wake(true);
      return;
    }
    this.hurry(waiter, due);
    if (hasParked) this.hurry(waiter, Date.now() + PARKED);
  }

  private hurry(waiter: Waiter, due: number): void {
    waiter.due = Math.min(waiter.due, Math.max(due, waiter.notBefore));
  }

  /** Starts the one timer, for the next worker that is to be woken. */
  private arm(): void {
    clearTimeout(this.dueTimer);
    const next = Math.min(...this.all().map(({ due }) => due));
    if (next === Infinity || this.isStopped) return;
    this.dueTimer = startTimer(Math.max(0, next - Date.now()), () => {
      const now = Date.now();
      for (const { due, wake } of this.all()) if (due <= now) wake(false);
      this.arm();
    }).unref();
  }

  /** On the connection that listens, so that an idle process opens no other. */
  private async look(
    queues: readonly WatchedQueue[],
    notes?: KeptNotes,
  ): Promise<ReadonlyMap<string, QueueLook>> {
    await this.connection.waitUntilReady();
    const client = await this.listen();
    const query = (text: string, parameters: readonly unknown[]) => client.query(text, parameters);
    const looks = await lookAtQueues(query, queues, notes);
    return new Map(looks.map((look) => [look.queue, look]));
  }

  private all(): Waiter[] {
    return [...this.waiters.values()].flatMap((waiters) => [...waiters]);
  }

  private waitersOf(queue: string): Set<Waiter> {
    const known = this.waiters.get(queue) ?? new Set();
    this.waiters.set(queue, known);
    return known;
  }
}
