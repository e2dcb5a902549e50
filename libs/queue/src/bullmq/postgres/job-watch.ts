import type { PgNotification, PostgresConnection } from 'bullmq';
import { LISTENER_TRUST } from '../../connection/postgres/listening-client';
import { startTimer } from '../../timing/timer';
import { CallGroup } from './call-group';
import { LISTENER_LOST, POSTGRES_CHANNELS } from '../internals';
import { type JobWaiter, JobWaiters } from './job-waiters';
import type { KeptNotes } from './postgres-worker-notes';
import {
  lookAtQueues,
  lookInRound,
  type QueueLook,
  type RoundLook,
  type WatchedQueue,
} from './queue-looks';
import { QueueRounds, type RoundListener, type RoundTimes, type RoundUser } from './queue-rounds';
import { turnAfter } from './turn';

/** In milliseconds: how often a queue is asked whose jobs wait for room in their key, which may be told by nothing. */
const PARKED = 5_000;

type ListenClient = Awaited<ReturnType<PostgresConnection['getListenClient']>>;

/** How a worker waits for a job. */
export interface JobWait {
  /** In milliseconds: the longest wait while notifications cannot be relied on. */
  readonly patience: number;
  /** In milliseconds: the shortest wait for a job that is due. @default 0 */
  readonly pause?: number;
  /** Whether it fetches as soon as there is a job, before others: asked when there is one. */
  readonly isEager: () => boolean;
  readonly signal: AbortSignal;
}

/**
 * The wait of all idle workers of a process for their next job: one listening connection, one timer for the next job
 * that is due, and no statement while nothing happens but a look at all queues at once every half minute.
 *
 *     wait ──▶ look: nothing ready ──▶ silent ── notified, or due; eager ──▶ the worker fetches
 *               │       ▲                ├── notified, or due; others are eager ──▶ turn, then look again
 *               │       └────────────────┘
 *               │                        └── the listening connection is lost or does not answer ──▶ the worker polls
 *               └── a job is ready ──▶ the worker fetches
 *
 * Postgres delivers a notification once its transaction has committed, unless the connection that listens is lost; that
 * one is probed all the time, without a transaction. While it is in doubt, workers poll as BullMQ's own do.
 */
export class JobWatch {
  private readonly waiters = new JobWaiters();
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
  /** How many processes run jobs of a queue. */
  private readonly processes = new Map<string, number>();
  /** In milliseconds: how long a fetch takes that gets a job, lately. */
  private fetchTime = 5;

  /** @param times of the rounds */
  constructor(
    private readonly connection: PostgresConnection,
    times?: RoundTimes,
  ) {
    connection.on(LISTENER_LOST, this.onLost);
    this.rounds = new QueueRounds({
      look: (queues) => this.lookAround(queues),
      isWanted: () => this.notes !== undefined,
      onLooks: (found) => {
        for (const { queue, workers } of found.values()) this.processes.set(queue, workers);
        for (const waiter of this.waiters.all()) {
          const look = found.get(waiter.watched.queue);
          if (look !== undefined) this.note(waiter, look);
        }
        this.arm();
      },
      // Each worker tries by itself, and reports why it cannot.
      onFailed: () => {
        this.waiters.wakeAll();
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
   * @returns whether a job is ready, as far as is known
   */
  async wait(
    watched: WatchedQueue,
    { patience, pause = 0, isEager, signal }: JobWait,
  ): Promise<boolean> {
    await this.listen();
    if (signal.aborted || this.isStopped) return false;
    return new Promise((resolve) => {
      const waiter: JobWaiter = {
        watched,
        isEager,
        due: Infinity,
        notBefore: Date.now() + pause,
        latest: this.isTrusted ? Infinity : Date.now() + patience,
        turn: undefined,
        wake: (hasJob) => {
          leave();
          clearTimeout(waiter.turn);
          signal.removeEventListener('abort', onAbort);
          resolve(hasJob);
        },
      };
      const onAbort = () => {
        waiter.wake(false);
      };
      const leave = this.waiters.add(waiter);
      signal.addEventListener('abort', onAbort);
      // After it has begun to listen: what was committed before is found, and what is committed later is notified.
      this.lookFor(waiter, patience);
    });
  }

  /** @param time in milliseconds: how long a fetch took that got a job */
  onFetched(time: number): void {
    this.fetchTime += (time - this.fetchTime) / 8;
  }

  stop(): void {
    this.isStopped = true;
    this.rounds.stop();
    this.connection.off(LISTENER_LOST, this.onLost);
    this.client?.removeListener('notification', this.onNotification);
    this.waiters.wakeAll();
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
    for (const waiter of this.waiters.of(payload)) this.onJob(waiter, true);
  };

  private readonly onTrust = (isTrusted: boolean): void => {
    if (this.isTrusted && !isTrusted) this.waiters.wakeAll();
    this.isTrusted = isTrusted;
  };

  /** What was notified meanwhile is lost: each worker looks again. */
  private readonly onLost = (): void => {
    this.client = undefined;
    this.waiters.wakeAll();
  };

  /** Has it fetch, or leaves the job to others for a moment. */
  private onJob(waiter: JobWaiter, isReady: boolean): void {
    const processes = this.processes.get(waiter.watched.queue) ?? 1;
    const time = turnAfter(waiter.isEager(), processes, this.fetchTime);
    if (time === 0) {
      waiter.wake(isReady);
      return;
    }
    waiter.due = Infinity;
    waiter.turn ??= startTimer(time, () => {
      // Before it looks: what is notified from here on may not be seen.
      waiter.turn = undefined;
      this.lookFor(waiter);
    }).unref();
  }

  /** @param patience in milliseconds: the longest wait for a look that fails */
  private lookFor(waiter: JobWaiter, patience = 0): void {
    this.looks.join(waiter.watched).then(
      (look) => {
        if (look !== undefined) this.note(waiter, look);
        if (waiter.due <= Date.now()) waiter.wake(false);
        this.arm();
      },
      // The fetch that follows fails with the same error.
      () => {
        waiter.latest = Math.min(waiter.latest, Date.now() + patience);
        this.arm();
      },
    );
  }

  private note(waiter: JobWaiter, { isReady, due = Infinity, hasParked }: QueueLook): void {
    if (isReady) {
      waiter.wake(true);
      return;
    }
    waiter.due = Math.min(waiter.due, Math.max(due, waiter.notBefore));
    if (hasParked) waiter.latest = Math.min(waiter.latest, Date.now() + PARKED);
  }

  /** Starts the one timer, for the next worker that is to be woken. */
  private arm(): void {
    clearTimeout(this.dueTimer);
    const next = this.waiters.nextTime();
    if (next === Infinity || this.isStopped) return;
    this.dueTimer = startTimer(Math.max(0, next - Date.now()), () => {
      const now = Date.now();
      for (const waiter of this.waiters.all()) {
        if (waiter.latest <= now) waiter.wake(false);
        else if (waiter.due <= now) this.onJob(waiter, false);
      }
      this.arm();
    }).unref();
  }

  private async look(queues: readonly WatchedQueue[]): Promise<ReadonlyMap<string, QueueLook>> {
    return byQueue(await lookAtQueues(await this.idleQuery(), queues));
  }

  private async lookAround(
    queues: readonly WatchedQueue[],
  ): Promise<ReadonlyMap<string, RoundLook>> {
    return byQueue(await lookInRound(await this.idleQuery(), queues, this.notes));
  }

  /** On the connection that listens, so that an idle process opens no other. */
  private async idleQuery() {
    await this.connection.waitUntilReady();
    const client = await this.listen();
    return (text: string, parameters: readonly unknown[]) => client.query(text, parameters);
  }
}

function byQueue<Look extends QueueLook>(looks: readonly Look[]): ReadonlyMap<string, Look> {
  return new Map(looks.map((look) => [look.queue, look]));
}
