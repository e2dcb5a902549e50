import { randomUUID } from 'node:crypto';
import {
  type IQueueBackend,
  Job,
  type JobsOptions,
  type Queue,
  SpanKind,
  TelemetryAttributes,
} from 'bullmq';
import { childId, type ParentOptions } from '../contract/child-ids';
import type { ChildEntries, JobEntry } from './queue-store';

type FlowEntry = Parameters<IQueueBackend['addFlow']>[0][number];

/** A job that is added, with the queue that it goes to. */
interface Node {
  readonly queue: Queue;
  readonly id: string;
  readonly entry: JobEntry;
}

/**
 * Adds jobs together with their children, in one step of the store. A job whose id is in its queue already is not added
 * again, nor are its children.
 *
 * BullMQ's `FlowProducer` does the same, with a queue of its own without a name, to which an account in Redis may have
 * no right, and takes a child that is there already.
 *
 * @returns the id of each, without those of its children
 */
export async function addFlows(queue: Queue, entries: readonly JobEntry[]): Promise<string[]> {
  const roots = entries.map((entry) => ({ queue, id: entry.opts?.jobId ?? randomUUID(), entry }));
  const isNew = await Promise.all(roots.map((root) => isMissing(root)));
  const fresh = roots.filter((_, index) => isNew[index]);
  if (fresh.length > 0) {
    await queue.trace(SpanKind.PRODUCER, 'addFlow', queue.name, async (span, metadata) => {
      if (fresh.length === 1) span?.setAttributes({ [TelemetryAttributes.JobId]: fresh[0]?.id });
      const flow = fresh.flatMap((root) => [...entriesOf(root, metadata)]);
      const answers = await queue.getBackend().addFlow(flow);
      for (const [error, id] of answers) {
        if (error !== null) throw error;
        // Of BullMQ's codes, each is about a parent that is not there; here it is part of the flow.
        if (typeof id === 'number' && id < 0) throw new Error(`BullMQ has refused a flow: ${id}.`);
      }
    });
  }
  return roots.map(({ id }) => id);
}

/** An id of one's own may be in the queue already. Without children, BullMQ sees to that. */
async function isMissing({ queue, id, entry: { opts, children } }: Node): Promise<boolean> {
  if (children === undefined || opts?.jobId === undefined) return true;
  return (await queue.getJobState(id)) === 'unknown';
}

/** A job and its descendants as BullMQ stores them, parents first. */
function* entriesOf(
  { queue, id, entry: { name, data, opts, children } }: Node,
  metadata: string | undefined,
  parent?: JobsOptions['parent'],
): Generator<FlowEntry> {
  const below = nodesOf(id, children);
  const options: JobsOptions & ParentOptions = {
    ...queue.defaultJobOptions,
    ...opts,
    ...(parent && { parent }),
    // One that comes from an outbox has its own.
    ...(metadata && { telemetry: opts?.telemetry ?? { metadata } }),
    ...(below.length > 0 && { childIds: childIdsBelow(id, children) }),
  };
  const job = new Job(queue, name, data, options, id);
  const { parentKey } = job;
  yield job.toFlowEntry({
    parentKey,
    parentDependenciesKey: parentKey && `${parentKey}:dependencies`,
    addToWaitingChildren: below.length > 0,
  });
  const asParent = { id, queue: queue.qualifiedName };
  for (const child of below) yield* entriesOf(child, metadata, asParent);
}

function nodesOf(parentId: string, children: ChildEntries = {}): Node[] {
  return Object.entries(children).flatMap(([name, entries]) =>
    entries.map((entry, index) => ({
      queue: entry.queue,
      id: childId(parentId, name, index),
      entry,
    })),
  );
}

/** The ids of a job's children, as {@link ParentOptions} has them. */
export function childIdsBelow(
  parentId: string,
  children: ChildEntries = {},
): Record<string, string[]> {
  // Redis would turn an empty list into an object.
  const some = Object.entries(children).filter(([, entries]) => entries.length > 0);
  return Object.fromEntries(
    some.map(([name, entries]) => [
      name,
      entries.map((_, index) => childId(parentId, name, index)),
    ]),
  );
}

/** Every job that was added, those below included, by queue. */
export function addedByQueue(
  queue: string,
  jobs: readonly { readonly id: string; readonly entry: JobEntry }[],
): Map<string, string[]> {
  const added = new Map([[queue, jobs.map(({ id }) => id)]]);
  const visit = (parentId: string, { children }: JobEntry): void => {
    for (const node of nodesOf(parentId, children)) {
      const ids = added.get(node.queue.name);
      if (ids === undefined) added.set(node.queue.name, [node.id]);
      else ids.push(node.id);
      visit(node.id, node.entry);
    }
  };
  for (const { id, entry } of jobs) visit(id, entry);
  return added;
}
