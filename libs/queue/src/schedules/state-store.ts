import { POSTGRES_STATEMENTS } from '../bullmq/internals';
import { CHANGE_META, READ_META } from '../bullmq/redis/conditional-add-redis';
import type { MemoryAccess, PostgresAccess, RedisAccess, StoreAccess } from '../store/queue-store';

/** The field of a queue's metadata that holds the state of its schedules. */
export const STATE_FIELD = 'schedules';

/** Keeps one string a queue, in BullMQ's metadata of that queue. */
export interface StateStore {
  /** Those that there are, in one round trip. */
  read(queues: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Replaces the string if it still is the expected one; undefined means that there is none.
   *
   * @returns whether it was
   */
  change(queue: string, expected: string | undefined, next: string | undefined): Promise<boolean>;
}

export function stateStore(access: StoreAccess): StateStore {
  if (access.kind === 'memory') return new MemoryState(access);
  return access.kind === 'postgres' ? new PostgresState(access) : new RedisState(access);
}

class MemoryState implements StateStore {
  constructor(private readonly access: MemoryAccess) {}

  read(queues: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const values = queues.map(
      (queue) => [queue, this.access.readMeta(queue, STATE_FIELD)] as const,
    );
    return Promise.resolve(
      new Map(values.filter((entry) => entry[1] !== undefined) as [string, string][]),
    );
  }

  change(queue: string, expected: string | undefined, next: string | undefined): Promise<boolean> {
    return Promise.resolve(this.access.changeMeta(queue, STATE_FIELD, expected, next));
  }
}

class PostgresState implements StateStore {
  constructor(private readonly access: PostgresAccess) {}

  async read(queues: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.access.query<{ queue: string; value: string }>(
      POSTGRES_STATEMENTS.readMeta,
      [STATE_FIELD, queues],
    );
    return new Map(rows.map(({ queue, value }) => [queue, value]));
  }

  async change(
    queue: string,
    expected: string | undefined,
    next: string | undefined,
  ): Promise<boolean> {
    const { createMeta, deleteMeta, changeMeta } = POSTGRES_STATEMENTS;
    const key = [queue, STATE_FIELD];
    if (expected === undefined) {
      return (await this.access.query(createMeta, [...key, next])).length > 0;
    }
    const rows =
      next === undefined
        ? await this.access.query(deleteMeta, [...key, expected])
        : await this.access.query(changeMeta, [...key, expected, next]);
    return rows.length > 0;
  }
}

class RedisState implements StateStore {
  constructor(private readonly access: RedisAccess) {}

  async read(queues: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const values = await this.access.run((client) =>
      Promise.all(queues.map((queue) => client.eval(READ_META, 1, this.key(queue), STATE_FIELD))),
    );
    const found = queues.map((queue, index) => [queue, values[index]] as const);
    return new Map(found.filter((entry): entry is [string, string] => entry[1] !== null));
  }

  async change(
    queue: string,
    expected: string | undefined,
    next: string | undefined,
  ): Promise<boolean> {
    const args = [STATE_FIELD, expected ?? '', next ?? ''];
    const changed = await this.access.run((client) =>
      client.eval(CHANGE_META, 1, this.key(queue), ...args),
    );
    return changed === 1;
  }

  private key(queue: string): string {
    return `${this.access.keyPrefixOf(queue)}meta`;
  }
}
