import { Injectable } from '@nestjs/common';
import { PostgresSharedAnswers } from '../bullmq/postgres/postgres-shared-answers';
import { RedisSharedAnswers } from '../bullmq/redis/redis-shared-answers';
import type { SharedAnswers } from '../bullmq/shared-answers';
import { Queues } from '../queues/queues';
import { QueueStore, type StoreAccess } from '../store/queue-store';
import { StoreRequiredError } from '../store/store-required.error';
import { QueueAdmin } from './queue-admin';
import type { QueueStatus } from './queue-status';

/** In milliseconds. */
const MAX_AGE = 10_000;

/** A change of what is stored makes another number: processes of different builds share a store. */
const FORMAT = 1;

/** The status of a queue, as one of all processes has read it. */
export interface SharedStatus extends QueueStatus {
  readonly readAt: Date;
}

export interface SharedStatusOptions {
  /** How old a status may be before it is read again, in milliseconds. @default 10000 */
  maxAge?: number;
}

/**
 * The status of queues for those who ask often: monitoring, and pages that refresh themselves. However many processes
 * and viewers there are, each queue is read once in ten seconds; the answer is kept in the queue store.
 */
@Injectable()
export class SharedQueueStatus {
  private readonly answers: SharedAnswers;

  constructor(
    private readonly admin: QueueAdmin,
    private readonly queues: Queues,
    { access }: QueueStore,
  ) {
    this.answers = sharedAnswersOf(access);
  }

  /**
   * In the order of their names. While one process reads a queue, the others get the answer before; the first time of
   * all they get none, and the queue is missing.
   *
   * @param names undefined: all queues whose contracts this application has
   * @throws UnknownQueueError
   */
  async read(
    names: readonly string[] = this.queues.names(),
    { maxAge = MAX_AGE }: SharedStatusOptions = {},
  ): Promise<SharedStatus[]> {
    for (const name of names) this.queues.get(name);
    const { answers, claimed } = await this.answers.claim(names, maxAge);
    const known = [...answers.values()].flatMap((answer) => parse(answer) ?? []);
    if (claimed.length === 0) return inOrder(known);
    const readAt = new Date();
    const fresh = (await this.admin.status(claimed)).map((status) => ({ ...status, readAt }));
    await this.answers.store(new Map(fresh.map((status) => [status.queue, format(status)])));
    return inOrder([...fresh, ...known.filter(({ queue }) => !claimed.includes(queue))]);
  }
}

function inOrder(all: SharedStatus[]): SharedStatus[] {
  return all.sort((a, b) => (a.queue < b.queue ? -1 : 1));
}

function format(status: SharedStatus): string {
  return JSON.stringify({ format: FORMAT, status });
}

const DATES = new Set<string>([
  'readAt',
  'oldestSince',
  'pausedAt',
] satisfies (keyof SharedStatus)[]);

/** @returns undefined if it is of another build */
function parse(answer: string): SharedStatus | undefined {
  // It was written by `format`, as its number says.
  const parsed = JSON.parse(answer, (key, value: unknown) =>
    DATES.has(key) && typeof value === 'string' ? new Date(value) : value,
  ) as { format: number; status: SharedStatus };
  return parsed.format === FORMAT ? parsed.status : undefined;
}

function sharedAnswersOf(access: StoreAccess): SharedAnswers {
  if (access.kind === 'postgres') return new PostgresSharedAnswers(access);
  if (access.kind === 'redis') return new RedisSharedAnswers(access);
  const refuse = () => Promise.reject(new StoreRequiredError('The shared status of queues'));
  return { claim: refuse, store: refuse };
}
