import { randomUUID } from 'node:crypto';
import { Job, type JobsOptions, type Queue } from 'bullmq';
import type { TraceOption } from './outbox-trace';
import { childIdsBelow } from '../store/add-flows';
import type { ChildEntries, JobEntry } from '../store/queue-store';

/** A job in the format of the outbox. */
export interface OutboxEntry {
  /** The caller's id, or a random one. */
  readonly id: string;
  /** As JSON. */
  readonly text: string;
}

/**
 * Prepares a job for the outbox, with its queue's default options, and refuses what the queue would refuse:
 * later no caller is left to receive the error.
 *
 * `timestamp` is the time of the `add`, so that a delay counts from the `add`, not from the publication.
 *
 * @param trace of the `add`, which its jobs and their children get
 * @throws a BullMQ error if an option is invalid, or the data exceeds `sizeLimit`.
 */
export function outboxEntry(
  queue: Queue,
  { name, data, opts, children }: JobEntry,
  trace?: TraceOption,
): OutboxEntry {
  const id = opts?.jobId ?? randomUUID();
  const timestamp = opts?.timestamp ?? Date.now();
  const below = childrenText(children, { ...trace, timestamp });
  // Published by a relay of an earlier version, which knows no children, the job would run as if it had none.
  const childIds = children && childIdsBelow(id, children);
  const options = {
    ...queue.defaultJobOptions,
    ...opts,
    ...trace,
    jobId: id,
    timestamp,
    ...(below && { childIds }),
  };
  return { id, text: textOf(queue, { name, data, options, id }, below) };
}

/** Builds and validates the job without sending it. */
function textOf(
  queue: Queue,
  { id, name, data, options }: { id: string; name: string; data: unknown; options: JobsOptions },
  children: string | undefined,
): string {
  const { jobData } = new Job(queue, name, data, options, id).toFlowEntry();
  const head = JSON.stringify({ id, queue: queue.name, name, options: jobData.opts }).slice(0, -1);
  const tail = children === undefined ? '' : `,"children":${children}`;
  return `${head},"data":${jobData.data}${tail}}`;
}

function childrenText(
  children: ChildEntries | undefined,
  common: Pick<JobsOptions, 'telemetry' | 'timestamp'>,
): string | undefined {
  if (children === undefined) return undefined;
  const lists = Object.entries(children).map(([name, entries]) => {
    const texts = entries.map(({ queue, ...entry }) => {
      const options = { ...queue.defaultJobOptions, ...entry.opts, ...common };
      const below = childrenText(entry.children, common);
      // Its id follows from that of its parent.
      return textOf(queue, { ...entry, options, id: '' }, below);
    });
    return `${JSON.stringify(name)}:[${texts.join(',')}]`;
  });
  return `{${lists.join(',')}}`;
}

/** The children of a row, as they were written by {@link outboxEntry}. */
export type StoredEntries = Readonly<Record<string, readonly StoredEntry[]>>;

interface StoredEntry {
  readonly queue: string;
  readonly name: string;
  readonly data: unknown;
  readonly options: JobsOptions;
  readonly children?: StoredEntries;
}

/** The children of a row as a store takes them. */
export function childEntries(
  stored: StoredEntries | null | undefined,
  queueOf: (name: string) => Queue,
): ChildEntries | undefined {
  if (!stored) return undefined;
  const lists = Object.entries(stored).map(([group, entries]) => {
    const list = entries.map(({ queue, name, data, options, children }) => ({
      queue: queueOf(queue),
      name,
      data,
      opts: options,
      children: childEntries(children, queueOf),
    }));
    return [group, list] as const;
  });
  return Object.fromEntries(lists);
}
