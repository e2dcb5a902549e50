import { Injectable } from '@nestjs/common';
import { PostgresWorkerNotes } from '../bullmq/postgres/postgres-worker-notes';
import { RedisWorkerNotes } from '../bullmq/redis/redis-worker-notes';
import type { WorkerNotes } from '../bullmq/worker-notes';
import { Queues } from '../queues/queues';
import { QueueStore, type StoreAccess } from '../store/queue-store';

/** What a worker runs of one queue. */
export interface WorkerQueue {
  readonly queue: string;
  /** How many jobs, or batches, it runs at the same time. */
  readonly concurrency: number;
  /** Where its jobs run; undefined: in the worker itself. */
  readonly isolation: 'process' | 'thread' | undefined;
}

/** A process that runs jobs, whether it has some to run or not. */
export interface LiveWorker {
  /** The machine, which is a pod's name in Kubernetes, and the process: `web-1:4711`. Running jobs have the same name. */
  readonly name: string;
  readonly startedAt: Date;
  /** Whether it lets its jobs finish and takes no other one. */
  readonly isStopping: boolean;
  /** How long ago it has said that it is there, in milliseconds. Workers do so each half minute. */
  readonly silentFor: number;
  /** By name. */
  readonly queues: readonly WorkerQueue[];
}

/** A change of what is stored makes another number: processes of different builds share a store. */
const FORMAT = 1;

interface Note extends Omit<WorkerQueue, 'queue'> {
  readonly format: number;
  readonly startedAt: number;
  readonly isStopping: boolean;
}

/** The store of tests has no other process that could ask. */
const NONE: WorkerNotes = {
  renewal: undefined,
  keep: () => Promise.resolve(),
  remove: () => Promise.resolve(),
  read: () => Promise.resolve([]),
};

function workerNotesOf(access: StoreAccess): WorkerNotes {
  if (access.kind === 'memory') return NONE;
  return access.kind === 'postgres'
    ? new PostgresWorkerNotes(access)
    : new RedisWorkerNotes(access);
}

/**
 * The workers of queues, idle ones too. One that ends in order is gone at once; one that was killed is listed for
 * 45 seconds more.
 */
@Injectable()
export class QueueWorkers {
  private readonly notes: WorkerNotes;

  constructor(
    private readonly queues: Queues,
    { access }: QueueStore,
  ) {
    this.notes = workerNotesOf(access);
  }

  /**
   * In the order of their names.
   *
   * @param names undefined: of all queues whose contracts this application has
   * @throws UnknownQueueError
   */
  async list(names: readonly string[] = this.queues.names()): Promise<LiveWorker[]> {
    for (const name of names) this.queues.get(name);
    const workers = new Map<string, LiveWorker>();
    for (const { queue, name, note, age } of await this.notes.read(names)) {
      const { format, startedAt, isStopping, concurrency, isolation } = JSON.parse(note) as Note;
      if (format !== FORMAT) continue;
      const { queues = [], silentFor = age } = workers.get(name) ?? {};
      workers.set(name, {
        name,
        startedAt: new Date(startedAt),
        isStopping,
        silentFor: Math.min(silentFor, age),
        queues: [...queues, { queue, concurrency, isolation }],
      });
    }
    return [...workers.values()]
      .map((worker) => ({ ...worker, queues: [...worker.queues].sort(by(({ queue }) => queue)) }))
      .sort(by(({ name }) => name));
  }

  /** In milliseconds: how often {@link keep} has to be called; undefined: the notes last until they are removed. */
  get renewal(): number | undefined {
    return this.notes.renewal;
  }

  /** Notes that a worker is there. */
  async keep({ name, startedAt, isStopping, queues }: Omit<LiveWorker, 'silentFor'>) {
    const notes = queues.map(({ queue, concurrency, isolation }): [string, string] => {
      const note: Note = {
        format: FORMAT,
        startedAt: startedAt.getTime(),
        isStopping,
        concurrency,
        isolation,
      };
      return [queue, JSON.stringify(note)];
    });
    if (notes.length > 0) await this.notes.keep(name, new Map(notes));
  }

  /** Forgets a worker that ends. */
  async remove(name: string, queues: readonly string[]): Promise<void> {
    if (queues.length > 0) await this.notes.remove(name, queues);
  }
}

function by<Item>(key: (item: Item) => string): (a: Item, b: Item) => number {
  return (a, b) => (key(a) < key(b) ? -1 : 1);
}
