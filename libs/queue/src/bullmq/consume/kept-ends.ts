import type { IQueueBackend, JobState } from 'bullmq';
import { QueueAccessError } from '../../connection/queue-access.error';
import { QueueFullError, QueueRefusingError } from '../../connection/queue-refusing.errors';
import { QueueUnreachableError } from '../../connection/queue-unreachable.error';
import { textOf } from '../../text/reason-of';
import { Bell } from '../../timing/bell';
import { END_STEPS, type EndStep, PATIENT_STEPS } from './end-steps';

/** In milliseconds: the first pause between two attempts, and the longest. */
const PAUSES = { first: 50, longest: 1_000 };

/** How often an end is tried that the store refuses for a reason that is unknown here. */
const TRIES = 5;

export interface KeptEndsOptions {
  /** In milliseconds. */
  readonly lockDuration: number;
  /** Whether a job runs here: its lock is renewed. */
  readonly isRunning: (id: string) => boolean;
  /** Called with each error after which an end is tried again. */
  readonly onKept: (error: unknown) => void;
}

/**
 * Keeps the end of a job until it is stored: a worker's backend that does not give up while the store is away or
 * refuses. BullMQ would treat the store's error as one of the job, and run a job again that has done its work.
 *
 *     to store ──▶ stored
 *        │ ▲
 *        ▼ │ its lock is renewed, if it can be
 *     refused, or no answer
 *        ├──▶ the lock is lost: the worker that took the job runs it again
 *        └──▶ the worker is closed: the job runs again when its lock has expired
 *
 * What a running job asks of the store waits too, for as long as its lock lasts.
 */
export class KeptEnds {
  private readonly stopping = new Bell();
  /** In milliseconds, from the first failure of a step. */
  private limit = Infinity;

  constructor(private readonly options: KeptEndsOptions) {}

  /** The same backend, with ends that are kept. */
  keep<Backend extends IQueueBackend>(backend: Backend): Backend {
    const steps = new Map<PropertyKey, unknown>();
    for (const [name, step] of Object.entries(END_STEPS)) {
      steps.set(name, (...args: unknown[]) =>
        this.store(backend, name as keyof typeof END_STEPS, step, args),
      );
    }
    for (const [name, isRepeatable] of Object.entries(PATIENT_STEPS)) {
      steps.set(name, (...args: unknown[]) => this.ask(backend, name, isRepeatable, args));
    }
    return new Proxy(backend, {
      get: (target, name) => steps.get(name) ?? (Reflect.get(target, name, target) as unknown),
    });
  }

  /** From now on, gives a step up that has failed for this long, in milliseconds. */
  giveUpAfter(limit: number): void {
    this.limit = limit;
    this.stopping.ring();
  }

  /** Asks until the store answers, as long as an end is kept. */
  async untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    let failedAt: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        failedAt ??= performance.now();
        if (this.isOver(failedAt) || !isKept(error, attempt)) throw error;
        this.options.onKept(error);
        await this.pause(attempt);
      }
    }
  }

  private async store(
    backend: IQueueBackend,
    name: keyof typeof END_STEPS,
    step: EndStep,
    first: unknown[],
  ): Promise<unknown> {
    const id = step.idOf(first);
    let args = first;
    let isUnanswered = false;
    let failedAt: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call(backend, name, args);
      } catch (error) {
        // An answer that was lost may have been one of success.
        if (isUnanswered && isVerdict(error) && (await wasStored(backend, id, step))) {
          return step.answer;
        }
        failedAt ??= performance.now();
        if (this.isOver(failedAt) || !isKept(error, attempt)) throw error;
        isUnanswered ||= hasNoAnswer(error);
        this.options.onKept(error);
        await this.pause(attempt);
        args = step.again(first);
        await this.renew(backend, id, step.tokenOf(args));
      }
    }
  }

  /** The store itself says when the lock is lost: at the next attempt to store the end. */
  private async renew(
    backend: IQueueBackend,
    id: string,
    token: string | undefined,
  ): Promise<void> {
    if (token === undefined) return;
    await backend.extendLock(id, token, this.options.lockDuration).catch(() => undefined);
  }

  private async ask(
    backend: IQueueBackend,
    name: string,
    isRepeatable: boolean,
    first: unknown[],
  ): Promise<unknown> {
    let args = first;
    let failedAt: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call(backend, name, args);
      } catch (error) {
        failedAt ??= performance.now();
        const isWorthIt = isRefusal(error) || (isRepeatable && hasNoAnswer(error));
        if (!isWorthIt || this.isOver(failedAt, this.options.lockDuration)) throw error;
      }
      await this.pause(attempt);
      if (name !== 'extendLocks') continue;
      // Those that have ended meanwhile have no lock any more.
      args = runningOnly(args, this.options.isRunning);
      if ((args[0] as unknown[]).length === 0) return [];
    }
  }

  private async pause(attempt: number): Promise<void> {
    const longest = Math.min(PAUSES.longest, this.options.lockDuration / 5);
    const time = Math.min(longest, PAUSES.first * 2 ** Math.min(attempt, 10));
    await this.stopping.after(this.stopping.rings, time * (0.5 + Math.random() / 2));
  }

  private isOver(failedAt: number, limit = Infinity): boolean {
    return performance.now() - failedAt >= Math.min(limit, this.limit);
  }
}

function call(backend: IQueueBackend, name: string, args: readonly unknown[]): Promise<unknown> {
  const method = Reflect.get(backend, name) as (...args: unknown[]) => Promise<unknown>;
  return Promise.resolve(method.apply(backend, [...args]));
}

function runningOnly(args: unknown[], isRunning: (id: string) => boolean): unknown[] {
  const [ids, tokens, ...others] = args as [string[], string[], ...unknown[]];
  const kept = ids
    .map((id, index) => [id, tokens[index] ?? ''] as const)
    .filter(([id]) => isRunning(id));
  return [kept.map(([id]) => id), kept.map(([, token]) => token), ...others];
}

/** Whether an end is tried again. */
function isKept(error: unknown, attempt: number): boolean {
  if (error instanceof QueueUnreachableError || error instanceof QueueAccessError) return true;
  return attempt < TRIES && isOfServer(error);
}

/** BullMQ's answer about the job: it is not there, not active, or the lock is not the caller's. */
export function isVerdict(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'number' && code < 0;
}

function isRefusal(error: unknown): boolean {
  return error instanceof QueueRefusingError || error instanceof QueueFullError;
}

function hasNoAnswer(error: unknown): boolean {
  return error instanceof QueueUnreachableError && !isRefusal(error);
}

/** An error reply of Redis or Postgres; of Postgres, not about what is in the statement (classes 22, 23, 54). */
function isOfServer(error: unknown): boolean {
  if (error instanceof Error && error.name === 'ReplyError') return true;
  return /^(?!22|23|54)[0-9A-Z]{5}$/.test(textOf(error, 'code') ?? '');
}

async function wasStored(
  backend: IQueueBackend,
  id: string,
  { states }: EndStep,
): Promise<boolean> {
  const state = await backend.getState(id).catch((): JobState => 'active');
  return states.has(state);
}
