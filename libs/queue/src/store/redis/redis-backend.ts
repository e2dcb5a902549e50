import { type QueueBaseOptions, QueueKeys, type RedisConnection, RedisQueueBackend } from 'bullmq';

/** BullMQ's view of one queue, over the connection that the whole process shares. */
export class RedisBackend extends RedisQueueBackend {
  constructor(
    queue: string,
    prefix: string,
    options: QueueBaseOptions<unknown>,
    connection: RedisConnection,
    blockingConnection: RedisConnection | undefined,
  ) {
    const keys = new QueueKeys(prefix);
    const withPrefix = { ...(options as QueueBaseOptions), prefix };
    super(
      connection,
      queue,
      keys.getKeys(queue),
      (type) => keys.toKey(queue, type),
      // BullMQ reads no connection from the options here: it has it.
      withPrefix,
      blockingConnection,
    );
  }

  /**
   * The parent would name the shared connection after this queue. It belongs to all of them, and keeps
   * the name of the application. (BullMQ lists workers by the names of their blocking connections.)
   */
  override setName(): Promise<void> {
    return Promise.resolve();
  }
}

/** A backend whose promises are rejected with what `translate` makes of the error. */
export function translatingErrors<Backend extends object>(
  backend: Backend,
  translate: (error: unknown) => unknown,
): Backend {
  const rethrow = (error: unknown): never => {
    throw translate(error);
  };
  return new Proxy(backend, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, args);
        return result instanceof Promise ? result.catch(rethrow) : result;
      };
    },
  });
}
