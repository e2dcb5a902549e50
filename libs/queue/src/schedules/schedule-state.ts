/** How a run has ended; `removed`: its job is not there any more, so it is unknown how. */
export type RunOutcome = 'completed' | 'failed' | 'cancelled' | 'removed';

/** A run as the state has it. */
export interface KnownRun {
  /** The job's id. */
  readonly id: string;
  /** The time that it is for, in milliseconds since 1970. */
  readonly at: number;
  /** Undefined until it is known to have ended. */
  readonly outcome?: RunOutcome | undefined;
  readonly endedAt?: number | undefined;
}

/** Why there was no run for a time; `duplicate`: the contract's `dedupe` has dropped its job. */
export type SkipReason = 'overlap' | 'missed' | 'duplicate';

/** Of one schedule. */
export interface ScheduleEntry {
  /** Identifies its definition. */
  readonly hash: string;
  /** What its times are computed from. If that changes, they begin anew. */
  readonly times: string;
  /** The first time that nothing was decided for; `null` if it never fires again. */
  readonly next: number | null;
  /** Times up to this one wait for an earlier run to end (`overlap: 'queue'`): they are not missed. */
  readonly heldUntil?: number | undefined;
  /** Every run that may not have ended, and the latest. */
  readonly runs: readonly KnownRun[];
  readonly skipped?: { readonly at: number; readonly reason: SkipReason } | undefined;
}

/** What all workers know about the schedules of one queue. */
export interface ScheduleState {
  /** Identifies the definitions that count. */
  readonly hash: string;
  /** When a worker that has these definitions was last there. */
  readonly seenAt: number;
  /** Definitions that others have replaced, and when. */
  readonly past: Readonly<Record<string, number>>;
  readonly schedules: Readonly<Record<string, ScheduleEntry>>;
}

export function parseState(text: string | undefined): ScheduleState | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as ScheduleState);
}

export function formatState(state: ScheduleState): string {
  return JSON.stringify(state);
}

/** With another entry for one schedule. */
export function withEntry(state: ScheduleState, name: string, entry: ScheduleEntry): ScheduleState {
  return { ...state, schedules: { ...state.schedules, [name]: entry } };
}
