import { type IQueueBackend, type Job, type JobsOptions, type KeepJobs, Queue } from 'bullmq';
import type pg from 'pg';
import type { QueueStore } from '../queue-store';

const WORKER = 'the worker';

/** What is done to a queue. `job` is the id of one that this side has fetched. */
export type Operation =
  | {
      readonly kind: 'add';
      readonly name: string;
      readonly opts: JobsOptions;
      readonly parent?: string;
    }
  | { readonly kind: 'fetch' }
  | {
      readonly kind: 'complete';
      readonly job: string;
      readonly fetchNext: boolean;
      readonly result: unknown;
      readonly keep: boolean | KeepJobs;
      readonly isLost?: boolean;
    }
  | {
      readonly kind: 'fail';
      readonly job: string;
      readonly fetchNext: boolean;
      readonly keep: boolean;
    }
  | { readonly kind: 'retry'; readonly job: string }
  | { readonly kind: 'steal'; readonly job: string }
  | { readonly kind: 'pause'; readonly isPaused: boolean }
  | { readonly kind: 'limit'; readonly limit: number | null };

/** What the caller of an operation gets: the time of the next delayed job, if none was fetched. */
export interface Outcome {
  readonly error?: unknown;
  readonly fetched?: string;
  readonly delayUntil?: number;
}

/** One queue, as a worker and a producer use it. */
export class GroupedSide {
  /** The tokens of the jobs that were fetched, and have not ended. */
  readonly tokens = new Map<string, string>();
  /** Those of them that BullMQ's own functions end. */
  readonly special = new Set<string>();
  readonly queue: Queue;
  private readonly worker: IQueueBackend;
  private calls = 0;

  constructor(
    store: QueueStore,
    private readonly admin: pg.Client,
    readonly name: string,
  ) {
    this.queue = new Queue(name, { connection: store, skipMetasUpdate: true });
    const options = { connection: store, name: WORKER, metrics: { maxDataPoints: 100 } };
    this.worker = store.backend(name, options, { withBlockingConnection: true });
  }

  async run(operation: Operation): Promise<Outcome> {
    try {
      return await this.perform(operation);
    } catch (error) {
      // Of BullMQ, or of Postgres.
      return { error: Reflect.get(error as Error, 'code') ?? String(error) };
    }
  }

  /** Everything that is stored of the queue, but the numbers that all queues share. */
  async contents(): Promise<unknown> {
    const ask = async <Row>(text: string) =>
      (await this.admin.query<Row & pg.QueryResultRow>(text, [this.name])).rows;
    const events = await ask<{ event: string; job: string | null; data: unknown }>(
      `SELECT event, data ->> 'jobId' AS job, data FROM bullmq.event WHERE queue = $1
       ORDER BY data ->> 'jobId', id`,
    );
    const contents = {
      jobs: await ask(
        `SELECT to_jsonb(job) - ARRAY['seq', 'queue', 'parent_queue', 'parent_key', 'lock_token'] AS job,
                lock_token IS NULL AS is_free
           FROM bullmq.job WHERE queue = $1 ORDER BY seq`,
      ),
      events: events.filter(({ job }) => job !== null),
      drained: events.filter(({ event }) => event === 'drained').length,
      metrics: await ask(
        'SELECT kind, count, data FROM bullmq.metrics WHERE queue = $1 ORDER BY kind',
      ),
    };
    return JSON.parse(this.withoutName(contents)) as unknown;
  }

  /** Jobs that are active under another lock than that of the call that has fetched them. */
  async wrongLocks(): Promise<string[]> {
    const { rows } = await this.admin.query<{ id: string; lock_token: string }>(
      "SELECT id, lock_token FROM bullmq.job WHERE queue = $1 AND state = 'active' AND lock_token <> 'stolen'",
      [this.name],
    );
    return rows.filter((row) => this.tokens.get(row.id) !== row.lock_token).map(({ id }) => id);
  }

  async close(): Promise<void> {
    await this.queue.close();
    await this.worker.close();
  }

  private async perform(operation: Operation): Promise<Outcome> {
    switch (operation.kind) {
      case 'add': {
        const { name, opts, parent } = operation;
        const family = parent && { parent: { id: parent, queue: this.queue.qualifiedName } };
        const { id } = await this.queue.add(
          name,
          { 'a "text"': [1, null, '\\'] },
          { ...opts, ...family },
        );
        return { fetched: `added ${String(id)}` };
      }
      case 'fetch': {
        const token = `token ${(this.calls += 1)}`;
        return this.take(await this.worker.moveToActive(token, WORKER), token);
      }
      case 'complete': {
        const { job, result, keep, fetchNext, isLost } = operation;
        const token = isLost ? 'nobody' : this.tokenOf(job);
        const end = await this.worker.moveToCompleted(handle(job), result, keep, token, fetchNext);
        this.tokens.delete(job);
        return this.take(end.result, token);
      }
      case 'fail': {
        const token = this.tokenOf(operation.job);
        const { job, keep, fetchNext } = operation;
        const end = await this.worker.moveToFailed(handle(job), 'reason', keep, token, fetchNext, {
          failedReason: 'reason',
        });
        this.tokens.delete(job);
        return this.take(end.result, token);
      }
      case 'retry':
        await this.worker.retryJob(operation.job, false, this.tokenOf(operation.job), {});
        this.tokens.delete(operation.job);
        return {};
      case 'steal':
        await this.admin.query(
          "UPDATE bullmq.job SET lock_token = 'stolen' WHERE queue = $1 AND id = $2",
          [this.name, operation.job],
        );
        return {};
      case 'pause':
        await (operation.isPaused ? this.queue.pause() : this.queue.resume());
        return {};
      case 'limit':
        if (operation.limit === null) await this.queue.removeGlobalConcurrency();
        else await this.queue.setGlobalConcurrency(operation.limit);
        return {};
    }
  }

  /** What both sides have alike. */
  private withoutName(value: unknown): string {
    return JSON.stringify(value).replaceAll(this.name, 'queue');
  }

  private tokenOf(job: string): string {
    return this.tokens.get(job) ?? 'nobody';
  }

  private take(answer: unknown, token: string): Outcome {
    if (!Array.isArray(answer)) return {};
    const [json, id, , delayUntil] = answer as [{ name: string } | null, string, number, number];
    if (json === null) return { delayUntil };
    this.tokens.set(id, token);
    if (json.name !== 'plain') this.special.add(id);
    return { fetched: this.withoutName(json) };
  }
}

/** BullMQ's backend reads nothing else of a job. */
function handle(id: string): Job {
  return { id } as Job;
}
