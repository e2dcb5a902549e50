import type { IRedisTransaction, RedisClient as BullClient } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTimeout } from '../../connection/redis/connection-error';
import { endClient, type RedisClient } from '../../connection/redis/redis-client';
import { TooFewReplicasError } from '../../connection/redis/replication.errors';
import { SharedRedisConnection } from './shared-redis-connection';
import { type Pipeline, type Reply, type WaitedWrite, writeAndWait } from './write-and-wait';

/** Commands of one caller. */
export interface AddRequest {
  /** Puts the commands into a pipeline, at once. Called again if another node of a cluster has the keys. */
  readonly enqueue: (pipeline: IRedisTransaction) => void;
  /** A key beside theirs, which nothing uses: written to see whether replicas follow. */
  readonly probeKey: string;
  readonly queue: string;
}

/** What is written on another connection. */
export type WrittenKeys = Pick<AddRequest, 'probeKey' | 'queue'>;

interface Waiting extends AddRequest {
  readonly deadline: number;
  readonly resolve: (replies: Reply[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Lane {
  waiting: Waiting[];
  isBusy: boolean;
  /** Whether replicas were missing the last time. */
  isShort: boolean;
}

export interface ReplicatedAddsOptions {
  /** How many replicas have to confirm. */
  readonly replicas: number;
  /** In milliseconds. */
  readonly answerTimeout: number;
  /** The store, without its password. */
  readonly location: string;
}

/** In milliseconds: the longest wait for replicas, of which an add has two at most. */
const LONGEST_WAIT = 1_000;

/** In milliseconds, between two attempts to find the node of a cluster that has a key. */
const REDIRECT_PAUSE = 50;

/** A node of a cluster has not run the command. */
const REDIRECTED = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /;

/**
 * Adds jobs, and waits until replicas have them (`WAIT`).
 *
 *     add ─▶ collect ─▶ [add, add, …, WAIT] ─▶ resolve, or reject: too few confirmed
 *               ▲            │ one at a time       │
 *               └────────────┘                     ▼
 *            enough confirm ◀── [SET, WAIT] ◀── collect: nothing is added meanwhile
 *
 * - `WAIT` applies to what its own connection has written before, so it is in the same pipeline.
 * - It blocks its connection, so this one is for nothing else. One `WAIT` confirms all jobs in front of it;
 *   without that, each would wait for the network between server and replica by itself, and with a silent
 *   replica each in turn for the whole limit.
 * - After a failure, nothing is added until a write without meaning was confirmed. A caller that tries again and again
 *   (the outbox) would otherwise add a job that has run and is removed.
 */
export class ReplicatedAdds {
  private readonly connection: SharedRedisConnection;
  private readonly lanes = new Map<string, Lane>();
  /** In milliseconds. */
  private readonly patience: number;

  constructor(
    private readonly client: RedisClient,
    private readonly options: ReplicatedAddsOptions,
  ) {
    this.connection = new SharedRedisConnection(client);
    this.patience = Math.min(LONGEST_WAIT, Math.ceil(options.answerTimeout / 3));
  }

  /**
   * @returns the reply to each command
   * @throws TooFewReplicasError
   * @throws what the connection throws
   */
  add(request: AddRequest): Promise<Reply[]> {
    const lane = this.laneOf(request);
    const deadline = Date.now() + this.options.answerTimeout;
    return new Promise((resolve, reject) => {
      lane.waiting.push({ ...request, deadline, resolve, reject });
      if (!lane.isBusy) void this.drain(lane);
    });
  }

  /**
   * Waits until replicas have what was written before on another connection.
   *
   * @throws TooFewReplicasError
   */
  async confirm(written: WrittenKeys): Promise<void> {
    await this.add({ ...written, ...probeOf(written) });
  }

  /**
   * Before a write on another connection: nothing is written as long as replicas are missing.
   *
   * @throws TooFewReplicasError
   */
  async requireReplicas(written: WrittenKeys): Promise<void> {
    if (this.laneOf(written).isShort) await this.confirm(written);
  }

  close(): void {
    this.connection.stop();
    endClient(this.client);
  }

  /** Requests of a lane are sent together: on a cluster, the keys of a pipeline must be on one node. */
  private laneOf({ queue }: Pick<AddRequest, 'queue'>): Lane {
    const name = this.client.isCluster ? queue : '';
    const lane = this.lanes.get(name) ?? { waiting: [], isBusy: false, isShort: false };
    this.lanes.set(name, lane);
    return lane;
  }

  private async drain(lane: Lane): Promise<void> {
    lane.isBusy = true;
    while (lane.waiting.length > 0) {
      const batch = lane.waiting.splice(0);
      try {
        await this.send(lane, batch);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    lane.isBusy = false;
  }

  private async send(lane: Lane, batch: readonly Waiting[]): Promise<void> {
    const client = await this.connection.client;
    const [first] = batch;
    if (first === undefined) return;
    if (lane.isShort) {
      const probe = await this.write(client, [probeOf(first)], first.probeKey);
      if (wasRedirected(probe.replies)) {
        await this.redirect(client, lane, batch);
        return;
      }
      const failure = probe.replies[0]?.[0];
      if (failure) throw failure;
      if (!this.isEnough(probe.confirmed)) throw this.problem(probe.confirmed, false);
      lane.isShort = false;
    }
    const { replies, sizes, confirmed } = await this.write(client, batch, first.probeKey);
    const redirected: Waiting[] = [];
    for (const [index, request] of batch.entries()) {
      const own = replies.splice(0, sizes[index]);
      if (wasRedirected(own)) redirected.push(request);
      else if (this.isEnough(confirmed) || own.some(([error]) => error !== null)) {
        request.resolve(own);
      } else request.reject(this.problem(confirmed, true));
    }
    lane.isShort = typeof confirmed === 'number' && !this.isEnough(confirmed);
    await this.redirect(client, lane, redirected);
  }

  /** A pipeline does not follow a redirection if its WAIT was answered. */
  private async redirect(
    client: BullClient,
    lane: Lane,
    requests: readonly Waiting[],
  ): Promise<void> {
    const [first] = requests;
    if (first === undefined) return;
    const late = requests.filter(({ deadline }) => deadline < Date.now());
    for (const { reject } of late) {
      reject(new Error('CLUSTERDOWN No node of the cluster takes the job'));
    }
    await sleep(REDIRECT_PAUSE);
    // A single command does follow it, and the next pipeline uses what is learned from that.
    await client.get(first.probeKey).catch(() => undefined);
    lane.waiting.unshift(...requests.filter((request) => !late.includes(request)));
  }

  private async write(
    client: BullClient,
    batch: readonly Pick<AddRequest, 'enqueue'>[],
    key: string,
  ): Promise<WaitedWrite> {
    const { replicas } = this.options;
    const commands = batch.map(({ enqueue }) => enqueue);
    const written = await writeAndWait(client, commands, { key, replicas, limit: this.patience });
    // The connection may be half-open: the next batch gets another.
    if (isTimeout(written.confirmed) && this.client.status === 'ready') {
      this.client.disconnect(true);
    }
    return written;
  }

  private isEnough(confirmed: number | Error): boolean {
    return typeof confirmed === 'number' && confirmed >= this.options.replicas;
  }

  private problem(confirmed: number | Error, isAdded: boolean): Error {
    if (typeof confirmed !== 'number') return confirmed;
    const { replicas: required, location: store } = this.options;
    return new TooFewReplicasError({ store, required, confirmed, waited: this.patience, isAdded });
  }
}

/** A write that means nothing. */
function probeOf({ probeKey }: Pick<AddRequest, 'probeKey'>): Pick<AddRequest, 'enqueue'> {
  return {
    enqueue: (pipeline) => {
      (pipeline as Pipeline).call('SET', probeKey, '', 'PX', '1');
    },
  };
}

function wasRedirected(replies: readonly Reply[]): boolean {
  return (
    replies.length > 0 &&
    replies.every(([error]) => error !== null && REDIRECTED.test(error.message))
  );
}
