import { createHash } from 'node:crypto';
import { throughJson } from '../contract/parse-json';
import type { ScheduleDefinition } from '../contract/job-schedule';
import type { ScheduleEntry, ScheduleState } from './schedule-state';
import { nextTime, timesKey } from './schedule-times';

/** In milliseconds: how often one of the workers writes down that they are there. */
export const SEEN_EVERY = 15_000;

/** In milliseconds: workers that were not seen for so long are gone. */
export const GONE_AFTER = 60_000;

/** In milliseconds: how long it is remembered that a contract had schedules, after the last one was removed. */
export const FORGET_AFTER = 60 * 60_000;

/** How many replaced definitions are remembered. */
const REMEMBERED = 20;

/** The schedules of a contract as one build of a worker has them. */
export interface OwnSchedules {
  readonly hash: string;
  readonly definitions: readonly ScheduleDefinition[];
}

/** What differs from the definitions before, by schedule. */
export interface ScheduleChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What becomes of the state when a worker looks at it. */
export type Reconciled =
  /** There are no schedules, and there were none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'current'; readonly state: ScheduleState }
  | { readonly kind: 'seen'; readonly state: ScheduleState }
  | { readonly kind: 'replaced'; readonly state: ScheduleState; readonly changes: ScheduleChanges }
  | { readonly kind: 'forgotten' }
  /** Another build has definitions that count. */
  | { readonly kind: 'standby'; readonly since: number };

export function ownSchedules(definitions: readonly ScheduleDefinition[] = []): OwnSchedules {
  const sorted = [...definitions].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { hash: hashOf(sorted.map(describe)), definitions };
}

/**
 * Compares the definitions of this build with those that count. Builds have no order that a worker could know of, so
 * they are told apart by when they appeared:
 *
 * - Definitions that were never seen are newer: they count from now on.
 * - Definitions that others have replaced come back only when no worker with those others was seen for a minute: an
 *   older build that starts later changes nothing, and a deployment that is rolled back is complete when the last
 *   worker of the newer build has ended.
 *
 * @param unseenFor how long this worker has seen no sign of a worker with the definitions that count, in milliseconds.
 *   Not by the clock of the other one; and after a failure of the store that one can give a sign first.
 */
export function reconcile(
  state: ScheduleState | undefined,
  own: OwnSchedules,
  now: number,
  unseenFor: number,
): Reconciled {
  const isEmpty = own.definitions.length === 0;
  if (state === undefined) {
    return isEmpty ? { kind: 'none' } : replace(undefined, own, now);
  }
  if (state.hash === own.hash) {
    if (now - state.seenAt < SEEN_EVERY) return { kind: 'current', state };
    const isOver = Object.values(state.past).every((since) => now - since > FORGET_AFTER);
    if (isEmpty && isOver) return { kind: 'forgotten' };
    return { kind: 'seen', state: { ...state, seenAt: now } };
  }
  const wasReplaced = own.hash in state.past;
  if (wasReplaced && unseenFor < GONE_AFTER) {
    return { kind: 'standby', since: state.past[own.hash] ?? now };
  }
  return replace(state, own, now);
}

function replace(before: ScheduleState | undefined, own: OwnSchedules, now: number): Reconciled {
  const known = before?.schedules ?? {};
  const entries = own.definitions.map((schedule): [string, ScheduleEntry] => [
    schedule.name,
    entryOf(schedule, known[schedule.name], now),
  ]);
  const schedules = Object.fromEntries(entries);
  const past = Object.entries({ ...before?.past, ...(before && { [before.hash]: now }) })
    .filter(([hash]) => hash !== own.hash)
    .sort(([, a], [, b]) => b - a)
    .slice(0, REMEMBERED);
  return {
    kind: 'replaced',
    state: { hash: own.hash, seenAt: now, past: Object.fromEntries(past), schedules },
    changes: {
      added: Object.keys(schedules).filter((name) => !(name in known)),
      changed: entries
        .filter(([name, { hash }]) => name in known && known[name]?.hash !== hash)
        .map(([name]) => name),
      removed: Object.keys(known).filter((name) => !(name in schedules)),
    },
  };
}

/** A schedule whose times have not changed goes on; one that has begins with its next time. */
function entryOf(
  schedule: ScheduleDefinition,
  known: ScheduleEntry | undefined,
  now: number,
): ScheduleEntry {
  const times = timesKey(schedule);
  const hash = hashOf(describe(schedule));
  const isSame = known?.hash === hash;
  const base =
    known?.times === times
      ? known
      : { next: nextTime(schedule, now) ?? null, runs: known?.runs ?? [] };
  const next = schedule.runOnChange && !isSame ? now : base.next;
  return { ...base, next, times, hash };
}

/** Whether a schedule of the state is the one that this build has. */
export function isInEffect(schedule: ScheduleDefinition, { hash }: ScheduleEntry): boolean {
  return hash === hashOf(describe(schedule));
}

function describe(schedule: ScheduleDefinition): unknown {
  const { name, data, overlap, missed, runOnChange } = schedule;
  return [name, timesKey(schedule), throughJson(data) ?? null, overlap, missed, runOnChange];
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
