import type { ScheduleDefinition } from '../contract/job-schedule';
import type { ScheduleEntry, SkipReason } from './schedule-state';
import { lastTime, nextTime } from './schedule-times';

/** In milliseconds: a time is missed if no worker has dealt with it for so long. */
export const MISSED_AFTER = 2 * 60_000;

/** What to do about a schedule. */
export type Step =
  | { readonly kind: 'none' }
  /** A later time waits as well. */
  | { readonly kind: 'hold'; readonly heldUntil: number }
  | {
      readonly kind: 'skip';
      readonly at: number;
      readonly reason: SkipReason;
      readonly next: number | null;
    }
  | { readonly kind: 'run'; readonly at: number; readonly next: number | null };

/**
 * Decides about the first time of a schedule that has come:
 *
 *     not missed ── no earlier run is going ─▶ run
 *          └─────── one is: overlap skip ────▶ skip     overlap queue ─▶ hold: asked again when it has ended
 *     missed ────── once ─▶ run for the last of them, or for a later time that is not missed
 *          └─────── skip ─▶ skip all of them
 *
 * @param isRunning whether an earlier run has not ended
 */
export function nextStep(
  schedule: ScheduleDefinition,
  { next, heldUntil = -Infinity }: ScheduleEntry,
  now: number,
  isRunning: boolean,
): Step {
  if (next === null || next > now) return { kind: 'none' };
  const after = (time: number) => nextTime(schedule, time) ?? null;
  if (isRunning) {
    if (schedule.overlap === 'skip') {
      return { kind: 'skip', at: next, reason: 'overlap', next: after(now) };
    }
    const held = lastTime(schedule, Math.max(next, now - MISSED_AFTER), now);
    if (held === undefined || held <= heldUntil) return { kind: 'none' };
    return { kind: 'hold', heldUntil: held };
  }
  if (next <= heldUntil || now - next <= MISSED_AFTER) {
    return { kind: 'run', at: next, next: after(next) };
  }
  const last = lastTime(schedule, next, now) ?? next;
  const isMissed = now - last > MISSED_AFTER;
  if (schedule.missed === 'once' || !isMissed) return { kind: 'run', at: last, next: after(now) };
  return { kind: 'skip', at: last, reason: 'missed', next: after(now) };
}
