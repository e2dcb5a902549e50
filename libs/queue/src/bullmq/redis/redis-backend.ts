import {
  type JobJson,
  type QueueBaseOptions,
  QueueKeys,
  raw2NextJobData,
  type RedisConnection,
  RedisQueueBackend,
} from 'bullmq';
import { isFullMemory } from '../../connection/redis/connection-error';
import type { RedisClient } from '../../connection/redis/redis-client';
import {
  type AddCondition,
  ConditionNotMet,
  currentCondition,
  withCondition,
} from '../conditional-add';
import { guardedScript, NOT_MET, scriptOf } from './conditional-add-redis';
import { BULLMQ_WORDS, FETCHING_SCRIPTS, REDIS_FIELDS, REDRIVING_SCRIPT } from '../internals';
import { arriving, type ParkedJobs } from '../key-limits';
import { limitKeyOf } from '../../contract/key-limits';
import { RedisKeyLimits } from './redis-key-limits';
import type { ReplicatedAdds } from './replicated-adds';
import { readableJob } from './unreadable-job';

type JobEntries = Parameters<RedisQueueBackend['addJobs']>[0];

const FETCHING: ReadonlySet<string> = new Set(FETCHING_SCRIPTS);

/** How many jobs one call of a script parks: no other command is served meanwhile. */
const ARRIVING_AT_ONCE = 1_000;

/** Scripts that add one job. */
const ADDING = /^add(Standard|Delayed|Prioritized)Job$/;

/** Extends a lock as BullMQ's script `extendLock` does, by a command that a server with full memory takes. */
const PROLONG_LOCK = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SREM', KEYS[2], ARGV[3])
return 1`;

/** BullMQ's backend of one queue, on the connection shared by the process. */
export class RedisBackend extends RedisQueueBackend implements ParkedJobs {
  /** A client on which BullMQ has defined its scripts; set when one of them is to run under a condition. */
  private scripts: object = {};
  /** Called with the hash of each job that a script has fetched: alternating names and values. */
  protected onFetched: ((fields: readonly string[], id: string) => void) | undefined;
  /** Ids of jobs with a key that are put among the waiting ones at this moment. */
  private readonly redriving = new Set<unknown>();

  constructor(
    queue: string,
    prefix: string,
    options: QueueBaseOptions<unknown>,
    connection: RedisConnection,
    blockingConnection: RedisConnection | undefined,
    private readonly replicated?: ReplicatedAdds,
  ) {
    const keys = new QueueKeys(prefix);
    const withPrefix = { ...(options as QueueBaseOptions), prefix };
    super(
      connection,
      queue,
      keys.getKeys(queue),
      (type) => keys.toKey(queue, type),
      // BullMQ reads no connection from the options here: it is the first argument.
      withPrefix,
      blockingConnection,
    );
  }

  /** @throws ConditionNotMet if it has a condition that does not hold. */
  override async addJob(
    ...[job, jobId, parentKeyOpts]: Parameters<RedisQueueBackend['addJob']>
  ): Promise<string> {
    if (currentCondition() !== undefined) this.scripts = await this.client;
    const entry = { job: arriving(job), jobId, parentKeyOpts };
    const [id = ''] =
      this.replicated === undefined
        ? [await super.addJob(entry.job, jobId, parentKeyOpts)]
        : await this.addReplicated(this.replicated, [entry]);
    return limitKeyOf(job.opts) === undefined ? id : (await this.arrived([id]), id);
  }

  override async addJobs(added: JobEntries): Promise<string[]> {
    const entries = added.map((entry) => ({ ...entry, job: arriving(entry.job) }));
    const ids =
      this.replicated === undefined || entries.length === 0
        ? await super.addJobs(entries)
        : await this.addReplicated(this.replicated, entries);
    await this.arrived(ids.filter((_, index) => limitKeyOf(added[index]?.job.opts) !== undefined));
    return ids;
  }

  /** If it fails, a worker finds the jobs itself: they are stored. */
  private async arrived(ids: readonly string[], base = this.toKey('')): Promise<void> {
    if (ids.length === 0) return;
    const limits = new RedisKeyLimits(base);
    for (let start = 0; start < ids.length; start += ARRIVING_AT_ONCE) {
      const some = ids.slice(start, start + ARRIVING_AT_ONCE);
      await limits.arrived(await this.client, some).catch(() => undefined);
    }
  }

  /**
   * The parent sends one transaction for all. Its replies are those of the entries; errors among them are for the
   * caller. Replicas have everything in the order in which it was written, so a later write that they confirm will do.
   */
  override async addFlow(added: Parameters<RedisQueueBackend['addFlow']>[0]) {
    const entries = added.map((entry) => ({ ...entry, jobData: arriving(entry.jobData) }));
    const keys = { queue: this.name, probeKey: this.toKey('replicas:probe') };
    await this.replicated?.requireReplicas(keys);
    const answers = await super.addFlow(entries);
    for (const [error] of answers) if (error !== null) throw error;
    await this.replicated?.confirm(keys);
    const limited = new Map<string, string[]>();
    for (const { prefix, queueName, jobId, jobData } of entries) {
      if (limitKeyOf(jobData.opts) === undefined) continue;
      const base = `${prefix}:${queueName}:`;
      limited.set(base, [...(limited.get(base) ?? []), jobId]);
    }
    for (const [base, ids] of limited) await this.arrived(ids, base);
    return answers;
  }

  /**
   * The parent resets a job's attempts, but not its count of lost workers: a job that failed because of
   * that count would fail again at the first loss. If a concurrent redrive is faster, the count of the new
   * life is reset all the same.
   */
  override async retryFinishedJob(
    ...[job, state, options = {}]: Parameters<RedisQueueBackend['retryFinishedJob']>
  ): Promise<void> {
    if (options.resetAttemptsStarted) {
      const client = await this.client;
      await client.hdel(this.toKey(job.id ?? ''), REDIS_FIELDS.stalledCount);
    }
    if (job.parentKey !== undefined) await this.forgive(job.parentKey, job.id ?? '');
    const { id = '' } = job;
    if (limitKeyOf(job.opts) !== undefined) this.redriving.add(id);
    try {
      await super.retryFinishedJob(job, state, options);
    } finally {
      this.redriving.delete(id);
    }
  }

  /** The parent of a failed child that is retried does not fail for it any more. */
  private async forgive(parentKey: string, id: string): Promise<void> {
    const client = await this.client;
    const { deferredFailure } = REDIS_FIELDS;
    const { start, end } = BULLMQ_WORDS.failedChild;
    const failure = `${start}${this.toKey(id)}${end}`;
    if ((await client.hget(parentKey, deferredFailure)) === failure) {
      await client.hdel(parentKey, deferredFailure);
    }
  }

  async releaseParked(): Promise<void> {
    await new RedisKeyLimits(this.toKey('')).releaseAll(await this.client);
  }

  /** The parent throws for a job that it cannot parse, after having fetched it. */
  override execCommand(...[client, command, args]: Parameters<RedisQueueBackend['execCommand']>) {
    const condition = currentCondition();
    if (condition !== undefined && ADDING.test(command)) {
      return this.execIf(condition, client, command, args);
    }
    if (command === REDRIVING_SCRIPT && this.redriving.size > 0) {
      const id = args.find((arg): arg is string => this.redriving.has(arg as string));
      if (id !== undefined) return this.redriveParked(args, id);
    }
    const answer: unknown = super.execCommand(client, command, args);
    if (!FETCHING.has(command) || !(answer instanceof Promise)) return answer;
    return answer.then((fetched: unknown) => this.readable(fetched));
  }

  /** In a pipeline at once, like everything that is put into one. */
  private execIf(
    condition: AddCondition,
    ...[client, command, args]: Parameters<RedisQueueBackend['execCommand']>
  ): unknown {
    const script = scriptOf(this.scripts, `${command}:${this.version}`);
    const evaluation = guardedScript(script, args as string[], this.toKey('meta'), condition);
    // The type lacks what every client and every pipeline has.
    const answer: unknown = (client as unknown as Pick<RedisClient, 'eval'>).eval(...evaluation);
    return answer instanceof Promise
      ? answer.then((reply: unknown) => this.requireMet(reply))
      : answer;
  }

  /** @throws ConditionNotMet */
  private requireMet(reply: unknown): unknown {
    if (reply === NOT_MET) throw new ConditionNotMet(this.name);
    return reply;
  }

  /** The parent's script puts it among the waiting jobs, where no worker may see it before it has room in its key. */
  private async redriveParked(
    args: Parameters<RedisQueueBackend['execCommand']>[2],
    id: string,
  ): Promise<unknown> {
    const client = await this.client;
    const limits = new RedisKeyLimits(this.toKey(''));
    limits.prepare(client);
    const transaction = client.multi();
    super.execCommand(transaction, REDRIVING_SCRIPT, args);
    limits.redriven(transaction, id);
    const answers = await transaction.exec();
    for (const [error] of answers ?? []) if (error !== null) throw error;
    return answers?.[0]?.[1];
  }

  /** The parent throws for a job that it cannot parse, even if it is one of many in a list. */
  override async getJobData(id: string): Promise<JobJson | undefined> {
    const client = await this.client;
    const fields = Object.entries(await client.hgetall(this.toKey(id))).flat();
    if (fields.length === 0) return undefined;
    const [job] = raw2NextJobData([readableJob(this.name, id, fields), id]) as [JobJson];
    return job;
  }

  /** The parent's script needs memory for it, and a full server would let the locks of running jobs expire. */
  override async extendLock(
    ...[id, token, duration]: Parameters<RedisQueueBackend['extendLock']>
  ): Promise<number> {
    try {
      return await super.extendLock(id, token, duration);
    } catch (error) {
      if (!isFullMemory(error)) throw error;
      return await this.prolongLock(id, token, duration);
    }
  }

  override async extendLocks(ids: string[], tokens: string[], duration: number): Promise<string[]> {
    try {
      return await super.extendLocks(ids, tokens, duration);
    } catch (error) {
      if (!isFullMemory(error)) throw error;
      const all = ids.map(async (id, index) => {
        const extended = await this.prolongLock(id, tokens[index] ?? '', duration);
        return extended === 1 ? [] : [id];
      });
      return (await Promise.all(all)).flat();
    }
  }

  private async prolongLock(id: string, token: string, duration: number): Promise<number> {
    // The type lacks what every client has.
    const client = (await this.client) as unknown as Pick<RedisClient, 'eval'>;
    const keys = [this.toKey(`${id}:lock`), this.toKey('stalled')];
    return (await client.eval(PROLONG_LOCK, 2, ...keys, token, duration, id)) as number;
  }

  private async addReplicated(adds: ReplicatedAdds, entries: JobEntries): Promise<string[]> {
    let enqueued: Promise<unknown> = Promise.resolve();
    const condition = currentCondition();
    const replies = await adds.add({
      queue: this.name,
      // Ids of jobs hold no colon: this is the key of none.
      probeKey: this.toKey('replicas:probe'),
      enqueue: (pipeline) => {
        // Enqueues at once; the reply comes with those of the pipeline.
        enqueued = withCondition(condition, () =>
          Promise.all(
            entries.map(({ job, jobId, parentKeyOpts }) =>
              this.addJobToTransaction(pipeline, job, jobId, parentKeyOpts),
            ),
          ),
        );
        enqueued.catch(() => undefined);
      },
    });
    // Fails if a job could not be encoded.
    await enqueued;
    return replies.map(([error, id], index) => {
      if (error !== null) throw error;
      this.requireMet(id);
      if (typeof id !== 'number' || id >= 0) return String(id);
      const parentKey = entries[index]?.parentKeyOpts?.parentKey;
      throw this.finishedErrors({ code: id, parentKey, command: 'addJob' });
    });
  }

  /** A fetching script returns the fields of a job, if there was one, its id and more. */
  private readable(fetched: unknown): unknown {
    if (!Array.isArray(fetched) || !Array.isArray(fetched[0])) return fetched;
    const [fields, id, ...others] = fetched as [string[], string, ...unknown[]];
    this.onFetched?.(fields, id);
    return [readableJob(this.name, id, fields), id, ...others];
  }

  /**
   * The parent would name the connection after this queue. All queues share it, so it keeps the
   * application's name. (BullMQ lists workers by the names of their blocking connections.)
   */
  override setName(): Promise<void> {
    return Promise.resolve();
  }
}

/** What becomes of the answers of a backend. */
export interface Answers {
  /** @returns the error to reject with */
  failed(method: string, error: unknown): unknown;
  done(method: string, answer: unknown): void;
}

/** A backend whose promises are watched, and rejected with translated errors. */
export function watchingAnswers<Backend extends object>(
  backend: Backend,
  answers: Answers,
): Backend {
  const watching = (name: string, method: (...args: unknown[]) => unknown) =>
    function (...args: unknown[]): unknown {
      const result = method.apply(backend, args);
      if (!(result instanceof Promise)) return result;
      return result.then(
        (answer: unknown) => {
          answers.done(name, answer);
          return answer;
        },
        (error: unknown) => {
          throw answers.failed(name, error);
        },
      );
    };
  // Caches the wrapped methods, so that they are not created for each job.
  const methods = new Map<unknown, unknown>();
  return new Proxy(backend, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      let method = methods.get(value);
      if (method === undefined) {
        method = watching(String(property), value as (...args: unknown[]) => unknown);
        methods.set(value, method);
      }
      return method;
    },
  });
}
