import type { IQueueBackend, JobState } from 'bullmq';

type State = JobState | 'unknown';

/** A step by which a worker's job ends, or leaves it. */
export interface EndStep {
  idOf(args: readonly unknown[]): string;
  tokenOf(args: readonly unknown[]): string | undefined;
  /** Its arguments for another attempt, which takes no next job: the worker may have stopped meanwhile. */
  again(args: readonly unknown[]): unknown[];
  /** The states that show that it was done. */
  readonly states: ReadonlySet<State>;
  /** What it answers if it was done, and the answer was lost. */
  get answer(): unknown;
}

type EndName =
  | 'moveToCompleted'
  | 'moveToFailed'
  | 'moveToDelayed'
  | 'retryJob'
  | 'moveJobFromActiveToWait'
  | 'moveToWaitingChildren';

type ArgumentsOf<Method extends EndName> = Parameters<IQueueBackend[Method]>;

interface Shape<Method extends EndName> {
  readonly id: (args: ArgumentsOf<Method>) => string;
  readonly token: (args: ArgumentsOf<Method>) => string | undefined;
  readonly again?: (args: ArgumentsOf<Method>) => ArgumentsOf<Method>;
  readonly states: readonly State[];
  readonly answer: () => Awaited<ReturnType<IQueueBackend[Method]>>;
}

/** A list of arguments of one method as one of any. */
function endStep<Method extends EndName>(shape: Shape<Method>): EndStep {
  const of = (args: readonly unknown[]) => args as ArgumentsOf<Method>;
  return {
    idOf: (args) => shape.id(of(args)),
    tokenOf: (args) => shape.token(of(args)),
    again: (args) => [...(shape.again?.(of(args)) ?? args)],
    states: new Set(shape.states),
    get answer() {
      return shape.answer();
    },
  };
}

const WAITING: readonly State[] = ['waiting', 'prioritized'];

const ended = () => ({ result: undefined as never, finishedOn: Date.now() });

/** The steps that end an attempt, with what BullMQ's backends take and answer. */
export const END_STEPS = {
  moveToCompleted: endStep<'moveToCompleted'>({
    id: ([{ id = '' }]) => id,
    token: ([, , , token]) => token,
    again: ([job, result, remove, token]) => [job, result, remove, token, false],
    // Removed, if that is its option.
    states: ['completed', 'unknown'],
    answer: ended,
  }),
  moveToFailed: endStep<'moveToFailed'>({
    id: ([{ id = '' }]) => id,
    token: ([, , , token]) => token,
    again: ([job, reason, remove, token, , fields]) => [job, reason, remove, token, false, fields],
    states: ['failed', 'unknown'],
    answer: ended,
  }),
  moveToDelayed: endStep<'moveToDelayed'>({
    id: ([id]) => id,
    token: ([, , , token]) => token,
    again: ([id, timestamp, delay, token, options]) => [
      id,
      timestamp,
      delay,
      token,
      { ...options, fetchNext: false },
    ],
    states: ['delayed', ...WAITING],
    answer: () => undefined,
  }),
  retryJob: endStep<'retryJob'>({
    id: ([id]) => id,
    token: ([, , token]) => token,
    states: WAITING,
    answer: () => undefined,
  }),
  moveJobFromActiveToWait: endStep<'moveJobFromActiveToWait'>({
    id: ([id]) => id,
    token: ([, token]) => token,
    states: WAITING,
    answer: () => 0,
  }),
  moveToWaitingChildren: endStep<'moveToWaitingChildren'>({
    id: ([id]) => id,
    token: ([, token]) => token,
    states: ['waiting-children'],
    answer: () => true,
  }),
} satisfies Record<EndName, EndStep>;

/**
 * What a running job asks of the store, and whether asking twice does no harm: then it is also repeated if the
 * answer was lost.
 */
export const PATIENT_STEPS = {
  extendLock: true,
  extendLocks: true,
  updateProgress: true,
  updateData: true,
  addLog: false,
  clearLogs: true,
  changePriority: false,
  getState: true,
  getJobData: true,
  getProcessedChildrenValues: true,
  getIgnoredChildrenFailures: true,
  getDependencies: true,
  getDependencyCounts: true,
} satisfies Partial<Record<keyof IQueueBackend, boolean>>;
