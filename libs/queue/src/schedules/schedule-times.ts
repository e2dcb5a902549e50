import { nextCronTime } from '../calendar/cron-time';
import type { ScheduleDefinition } from '../contract/job-schedule';

type Times = Pick<ScheduleDefinition, 'times'>;

/** The first time of a schedule after a moment, in milliseconds since 1970; undefined if there is none. */
export function nextTime({ times }: Times, after: number): number | undefined {
  if ('every' in times) return (Math.floor(after / times.every) + 1) * times.every;
  return nextCronTime(times.cron, times.zone, after);
}

/** The next times of a schedule. */
export function nextTimes(schedule: Times, after: number, count: number): number[] {
  const found: number[] = [];
  let last: number | undefined = after;
  while (found.length < count) {
    last = nextTime(schedule, last);
    if (last === undefined) break;
    found.push(last);
  }
  return found;
}

/** In milliseconds: the first distance at which an earlier time is looked for. */
const NEAR = 1_000;

/** The last time of a schedule in a range, both ends included; undefined if there is none. */
export function lastTime(schedule: Times, from: number, to: number): number | undefined {
  let found: number | undefined;
  // The range may hold years of times, of which only the last ones are computed.
  for (let distance = NEAR; found === undefined; distance *= 4) {
    const start = Math.max(from, to - distance);
    let time = nextTime(schedule, start - 1);
    while (time !== undefined && time <= to) {
      found = time;
      time = nextTime(schedule, time);
    }
    if (start === from) break;
  }
  return found;
}

/** A string that is the same as long as the times are. */
export function timesKey({ times }: Times): string {
  return 'every' in times ? `every ${times.every}` : `${times.cron.expression} ${times.zone.name}`;
}
