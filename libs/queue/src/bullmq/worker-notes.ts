/** A worker of a queue that has said lately that it is there. */
export interface NotedWorker {
  readonly queue: string;
  /** The worker's name: machine and process. */
  readonly name: string;
  /** What the worker says of itself. */
  readonly note: string;
  /** How long ago it has said so, in milliseconds, by the clock of the store. */
  readonly age: number;
}

/**
 * What workers say of themselves, in the store: one that has nothing to do leaves no other trace there. BullMQ's
 * `getWorkers()` knows of no worker on Postgres whose connections are shared.
 */
export interface WorkerNotes {
  /** In milliseconds: how often {@link keep} has to be called; undefined: the notes last until they are removed. */
  readonly renewal: number | undefined;
  /** @param notes by queue */
  keep(name: string, notes: ReadonlyMap<string, string>): Promise<void>;
  remove(name: string, queues: readonly string[]): Promise<void>;
  /** In no order. */
  read(queues: readonly string[]): Promise<NotedWorker[]>;
}

/** In milliseconds: a note that is not renewed for so long is of a worker that is not there any more. */
export const NOTE_KEPT = 45_000;
