import { PostgresMove } from '../bullmq/postgres/postgres-move';
import type { JobMove, MovedState, MoveSurvey, StayingJobs } from '../bullmq/moved-jobs';
import { RedisMove } from '../bullmq/redis/redis-move';
import type { QueueStore } from '../store/queue-store';
import { StoreRequiredError } from '../store/store-required.error';
import { MoveAcrossNodesError, QueueStillRunsError } from './move-jobs.errors';
import { isKnownQueue, wakeWorkers } from './store-operations';

export interface MoveRequest {
  /** The queue that has the jobs; no contract of it is needed. */
  readonly from: string;
  readonly to: string;
  /** Changes nothing. @default false */
  readonly dryRun?: boolean;
}

/** What a move has done, or would do. */
export interface MoveReport {
  /** Whether the store has ever had the queue that the jobs come from. */
  readonly isKnown: boolean;
  readonly moved: Readonly<Record<MovedState, number>>;
  readonly staying: readonly StayingJobs[];
}

/**
 * Moves the jobs of a queue that wait, are delayed or are dead to another queue of the same store, with their ids, data,
 * options, attempts, logs and deduplication; those with the name of the queue get that of the other one. An id that BullMQ has
 * counted is replaced by the next one if the other queue has it already. Completed jobs stay.
 *
 * Each step moves some hundred jobs as a whole or not at all: after an interruption every job is in one of the two
 * queues, and a second call moves the rest. Jobs that are added meanwhile are moved too, or left for a second call.
 *
 * @throws QueueStillRunsError if a job of the queue runs
 * @throws MoveAcrossNodesError if the two queues are on different nodes of a cluster
 */
export async function moveJobs(
  store: QueueStore,
  { from, to, dryRun = false }: MoveRequest,
): Promise<MoveReport> {
  const isKnown = await isKnownQueue(store.access, from);
  const move = openMove(store, from, to);
  const before = await move.survey();
  if (dryRun) return { isKnown, moved: before.movable, staying: before.staying };
  requireIdle(from, before);
  const moved = { waiting: 0, delayed: 0, failed: 0 };
  await move.move((state, count) => {
    moved[state] += count;
  });
  // Also if nothing was moved: the process that did it before may have died first.
  await wakeWorkers(store.access, to);
  const { staying } = await move.survey();
  return { isKnown, moved, staying };
}

function openMove(store: QueueStore, from: string, to: string): JobMove {
  const { access } = store;
  if (access.kind === 'memory') throw new StoreRequiredError('Moving jobs');
  if (access.kind === 'postgres') {
    return new PostgresMove((text, parameters) => access.query(text, parameters), from, to);
  }
  const queues = [from, to].map((name) => ({ name, prefix: access.keyPrefixOf(name) })) as [
    { name: string; prefix: string },
    { name: string; prefix: string },
  ];
  const [first, second] = queues.map(({ prefix }) => hashTag(prefix));
  if (first !== second) throw new MoveAcrossNodesError(from, to, store.location);
  return new RedisMove((command) => access.run(command), ...queues);
}

/** By which a cluster finds the node of a key. */
function hashTag(prefix: string): string {
  return /\{([^}]+)\}/.exec(prefix)?.[1] ?? '';
}

function requireIdle(from: string, { staying }: MoveSurvey): void {
  const running = staying.find(({ reason }) => reason === 'running');
  if (running) throw new QueueStillRunsError(from, running.count, running.ids);
}
