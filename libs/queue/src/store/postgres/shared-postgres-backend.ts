import { PostgresQueueBackend, type QueueBaseOptions } from 'bullmq';
import type { SharedPostgresConnection } from './shared-postgres-connection';

/** BullMQ's view of one queue, over the connection that the whole process shares. */
export class SharedPostgresBackend extends PostgresQueueBackend {
  constructor(
    connection: SharedPostgresConnection,
    queue: string,
    options: QueueBaseOptions<unknown>,
  ) {
    // BullMQ reads no connection from the options here: the first argument is the connection.
    super(connection, queue, options as QueueBaseOptions<string>);
  }

  /** The parent remembers a failure for ever; the connection tries again. */
  override waitUntilReady(): Promise<void> {
    return this.connection.waitUntilReady();
  }

  /**
   * The parent would name the listening connection after this queue. It belongs to all of them, and
   * keeps the name of the application.
   */
  override setName(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * In seconds. The parent lets an idle worker rely on notifications for an hour; one that is lost
   * together with its connection is then made up for within this time.
   */
  override get maximumBlockTimeout(): number {
    return 10;
  }
}
