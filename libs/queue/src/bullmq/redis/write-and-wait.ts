import type { IRedisTransaction, RedisClient as BullClient } from 'bullmq';
import type { RedisClient } from '../../connection/redis/redis-client';

/** A pipeline of BullMQ, which is one of ioredis with more methods. */
export type Pipeline = IRedisTransaction & ReturnType<RedisClient['pipeline']>;

/** The answer to one command: an error, or a result. */
export type Reply = [error: Error | null, result: unknown];

export interface WaitOptions {
  /** On a cluster, a key of the node that is written to. */
  readonly key: string;
  readonly replicas: number;
  /** In milliseconds. */
  readonly limit: number;
}

/** What has become of commands and of the wait for replicas behind them. */
export interface WaitedWrite {
  /** In the order of the commands. */
  readonly replies: Reply[];
  /** How many commands each writer has enqueued. */
  readonly sizes: readonly number[];
  /** How many replicas have the commands, or why that is unknown. */
  readonly confirmed: number | Error;
}

/**
 * Sends commands with a WAIT behind them, in one pipeline: on the same connection, and on a cluster to the same
 * node. It waits for what its connection has written before.
 *
 * @param writers put their commands into the pipeline, at once
 */
export async function writeAndWait(
  client: BullClient,
  writers: readonly ((pipeline: IRedisTransaction) => void)[],
  { key, replicas, limit }: WaitOptions,
): Promise<WaitedWrite> {
  const pipeline = client.pipeline() as Pipeline;
  const sizes = writers.map((write) => {
    const before = pipeline.length;
    write(pipeline);
    return pipeline.length - before;
  });
  const wait = { isOver: false };
  pipeline.wait(replicas, limit, () => {
    // Runs before the next answer of the server is read.
    setImmediate(() => (wait.isOver = true));
  });
  const replies = ((await pipeline.exec()) ?? []) as Reply[];
  const first = replies.pop();
  const [error, count] = (wait.isOver ? await waitAgain() : first) ?? [];
  return { replies, sizes, confirmed: error ?? Number(count) };

  /**
   * A command was answered after the WAIT: the server had lost its script (`SCRIPT FLUSH`), and ioredis has sent it
   * once more. Its answer has just been read, so that this uses the same connection.
   */
  async function waitAgain(): Promise<Reply | undefined> {
    const again = client.pipeline() as Pipeline;
    again.exists(key);
    again.wait(replicas, limit);
    return ((await again.exec()) as Reply[] | null)?.at(-1);
  }
}
