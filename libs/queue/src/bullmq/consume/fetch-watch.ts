import { ConnectionClosedError, type IQueueBackend } from 'bullmq';

/** The steps of fetching a job. */
const STEPS = ['moveToActive', 'waitForJob'] as const;

/** How many failures in a row are no accident, such as a deadlock. */
const FAILURES = 2;

/** Why a worker fetches no job. */
export interface FetchFailure {
  readonly error: unknown;
  readonly since: Date;
  /** How often it has failed in a row. */
  readonly times: number;
}

/**
 * Whether a worker can fetch jobs. BullMQ tries again and again, whatever the error is: a missing privilege, a table
 * of another version, a key of another type.
 *
 * A lost connection does not count: the store itself reports that one.
 */
export class FetchWatch {
  private readonly failures = new Map<PropertyKey, FetchFailure>();

  /** Undefined while jobs are fetched, or could be. */
  get failure(): FetchFailure | undefined {
    return [...this.failures.values()].find(({ times }) => times >= FAILURES);
  }

  /** The same backend; its steps of fetching are watched. */
  watch<Backend extends IQueueBackend>(backend: Backend): Backend {
    const steps = new Map<PropertyKey, unknown>(
      STEPS.map((name) => {
        const step = backend[name].bind(backend) as (...args: unknown[]) => Promise<unknown>;
        return [name, (...args: unknown[]) => this.observe(name, step(...args))];
      }),
    );
    return new Proxy(backend, {
      get: (target, name) => steps.get(name) ?? (Reflect.get(target, name, target) as unknown),
    });
  }

  private async observe(step: string, promise: Promise<unknown>): Promise<unknown> {
    try {
      const answer = await promise;
      this.failures.delete(step);
      return answer;
    } catch (error) {
      if (isRefusal(error)) {
        const { since = new Date(), times = 0 } = this.failures.get(step) ?? {};
        this.failures.set(step, { error, since, times: times + 1 });
      }
      throw error;
    }
  }
}

/** Whether the store has answered, and refuses. */
export function isRefusal(error: unknown): boolean {
  return !(error instanceof ConnectionClosedError);
}
