import { DelayedError, type Job, WaitingChildrenError } from 'bullmq';
import { childIdsOf } from '../contract/child-ids';
import { decodeResult } from '../contract/encode-json';
import type { EndedChildren } from '../contract/job-children';
import type { JobContract } from '../contract/job-contract';
import { JobDataError } from '../contract/job-data.error';
import type { FieldProblem } from '../contract/parse-json';
import { ChildFailedError } from './child-failed.error';

/** A child that has ended, as it is stored. */
export type StoredChild =
  | { readonly id: string; readonly result: unknown; readonly failure?: undefined }
  | { readonly id: string; readonly failure: string };

/** The children of a job that have ended, by their name in the contract. */
export type StoredChildren = Readonly<Record<string, readonly StoredChild[]>>;

/** How a child ended, by its queue and id. */
type Outcomes = ReadonlyMap<string, { readonly result: unknown } | { readonly failure: string }>;

const REMOVED = 'It was removed before it had ended.';

/** The maximum number of reads: on Redis, a child that ends between two parts of a read is in neither. */
const MAX_READS = 3;

/** In milliseconds: the pause if the store says both that a child is open and that none is. */
const READ_AGAIN = 1_000;

/**
 * How the children of a job have ended. Called at the start of each attempt: a child, or the job itself, may have been
 * redriven since the store gave the job free.
 *
 * @param token of the job's lock
 * @throws WaitingChildrenError if some are open. The store then starts the job again when they have ended.
 * @throws ChildFailedError if one with the mode `fail` has not completed.
 */
export async function readChildren(
  job: Job,
  { name, children }: JobContract,
  token: string | undefined,
): Promise<StoredChildren> {
  const ids = childIdsOf(job.opts);
  if (ids === undefined) return {};
  for (let read = 1; ; read += 1) {
    const { processed = {}, ignored = {}, unprocessed = [], failed } = await job.getDependencies();
    const [first] = failed ?? [];
    if (first !== undefined) {
      const { queue, id } = parseJobKey(first);
      throw ChildFailedError.failed(name, queue, id);
    }
    if (unprocessed.length > 0) {
      if (await job.moveToWaitingChildren(token ?? '')) throw new WaitingChildrenError();
    } else {
      const outcomes = outcomesOf(processed, ignored);
      const all = Object.entries(children).flatMap(([group, { job: child }]) =>
        (ids[group] ?? []).map((id) => keyOf(child.name, id)),
      );
      const isComplete = all.every((key) => outcomes.has(key));
      if (isComplete || read === MAX_READS) return endedChildren(name, children, ids, outcomes);
    }
    if (read === MAX_READS) {
      await job.moveToDelayed(Date.now() + READ_AGAIN, token);
      throw new DelayedError();
    }
  }
}

/**
 * The children as the handler receives them.
 *
 * @throws JobDataError if the contract of a child, as it is now, does not accept its result.
 */
export async function decodeChildren<Contract extends JobContract>(
  job: Job,
  { name, children }: Contract,
  stored: StoredChildren,
): Promise<EndedChildren<Contract>> {
  const problems: FieldProblem[] = [];
  const decoded: Record<string, unknown> = {};
  for (const [group, { job: child }] of Object.entries(children)) {
    const list = (stored[group] ?? []).map(async (ended, index) => {
      if (ended.failure !== undefined) return ended;
      const result = await decodeResult(child.result, ended.result);
      if (result.ok) return { id: ended.id, result: result.value };
      const path = `children.${group}[${index}].result`;
      for (const { field, problem } of result.problems) {
        problems.push({ field: field === '' ? path : `${path}.${field}`, problem });
      }
      return undefined;
    });
    decoded[group] = await Promise.all(list);
  }
  if (problems.length > 0) throw JobDataError.stored(name, job.id ?? '', problems);
  // By the contract's own names, modes and schemas.
  return decoded as EndedChildren<Contract>;
}

function endedChildren(
  name: string,
  children: JobContract['children'],
  ids: Readonly<Record<string, readonly string[]>>,
  outcomes: Outcomes,
): StoredChildren {
  const ended: Record<string, StoredChild[]> = {};
  for (const [group, { job: child, onFailure }] of Object.entries(children)) {
    ended[group] = (ids[group] ?? []).flatMap((id): StoredChild[] => {
      const outcome = outcomes.get(keyOf(child.name, id));
      if (outcome !== undefined && 'result' in outcome) return [{ id, ...outcome }];
      if (onFailure === 'ignore') return [];
      if (onFailure === 'continue') return [{ id, failure: outcome?.failure ?? REMOVED }];
      if (outcome === undefined) throw ChildFailedError.missing(name, child.name, id);
      throw ChildFailedError.failed(name, child.name, id);
    });
  }
  return ended;
}

function outcomesOf(
  processed: Readonly<Record<string, unknown>>,
  ignored: Readonly<Record<string, unknown>>,
): Outcomes {
  const results = Object.entries(processed).map(([key, result]) => [key, { result }] as const);
  const failures = Object.entries(ignored).map(
    ([key, failure]) => [key, { failure: String(failure) }] as const,
  );
  return new Map(
    [...results, ...failures].map(([key, outcome]) => {
      const { queue, id } = parseJobKey(key);
      return [keyOf(queue, id), outcome];
    }),
  );
}

/** The queue and the id in BullMQ's key of a job, which on Redis begins with a prefix. */
export function parseJobKey(key: string): { readonly queue: string; readonly id: string } {
  const [queue = '', id = ''] = key.split(':').slice(-2);
  return { queue, id };
}

function keyOf(queue: string, id: string): string {
  return `${queue}:${id}`;
}
