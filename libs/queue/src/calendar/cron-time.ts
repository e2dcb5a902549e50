import { type Cron, nextWallTime } from './cron';
import type { TimeZone } from './time-zone';

/** In milliseconds. */
const DAY = 24 * 60 * 60 * 1_000;

/** In milliseconds: no zone changes its clocks, and back, within it. */
const STEP = 7 * DAY;

/**
 * The first moment after another one at which a cron expression fires, in milliseconds since 1970.
 *
 * What happens when clocks are changed depends on whether the expression names hours:
 *
 * - It does: it fires once for each time of day that it names, as on any other day. A time that the clocks skip is
 *   moved by as much as they are put forward (02:30 to 03:30). A time that comes twice fires the first time.
 * - It does not (`0 * * * *`): it fires whenever a clock shows what it says, so as often as hours pass.
 *
 * BullMQ's parser loses runs here: a daily one at midnight, where clocks are put forward at midnight, and those of an
 * hour where they are changed by half an hour (cron-parser 5.10).
 *
 * @returns undefined if it never fires again
 */
export function nextCronTime(cron: Cron, zone: TimeZone, after: number): number | undefined {
  return cron.everyHour ? nextShown(cron, zone, after) : nextNamed(cron, zone, after);
}

/** The first moment at which a clock shows what the expression says. */
function nextShown(cron: Cron, zone: TimeZone, after: number): number | undefined {
  let from = after;
  let offset = zone.offset(after);
  for (;;) {
    const wall = nextWallTime(cron, from + offset);
    if (wall === undefined) return undefined;
    const moment = Math.min(wall - offset, from + STEP);
    if (zone.offset(moment) !== offset) {
      // The moment of the change is one of those after it.
      const change = changeBetween(zone, offset, from, moment);
      from = change - 1;
      offset = zone.offset(change);
    } else if (moment === wall - offset) {
      return moment;
    } else {
      from = moment;
    }
  }
}

function nextNamed(cron: Cron, zone: TimeZone, after: number): number | undefined {
  // After a change of the clocks, times of day that they skipped may still be to come.
  let from = after + Math.min(zone.offset(after), zone.offset(after - DAY));
  let next: number | undefined;
  for (;;) {
    const wall = nextWallTime(cron, from);
    if (wall === undefined) return next;
    // A skipped time is moved behind others that follow it.
    if (next !== undefined && wall > zone.wallTime(next)) return next;
    const moment = momentOf(zone, wall);
    if (moment > after && (next === undefined || moment < next)) next = moment;
    if (next !== undefined && zone.wallTime(next) === wall) return next;
    from = wall;
  }
}

/** When a clock shows a time: the first of two times, and a skipped time as if the clocks had not been changed. */
function momentOf(zone: TimeZone, wall: number): number {
  const before = wall - zone.offset(wall - DAY);
  if (zone.wallTime(before) === wall) return before;
  const after = wall - zone.offset(wall + DAY);
  return zone.wallTime(after) === wall ? after : before;
}

/** The moment up to which a zone has an offset that it has after the start, and no longer has at the end. */
function changeBetween(zone: TimeZone, offset: number, start: number, end: number): number {
  let [same, changed] = [start, end];
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2);
    if (zone.offset(middle) === offset) same = middle;
    else changed = middle;
  }
  return changed;
}
