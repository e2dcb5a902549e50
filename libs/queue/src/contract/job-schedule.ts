import { CronProblem, type Cron, parseCron } from '../calendar/cron';
import { TimeZone } from '../calendar/time-zone';
import { LONGEST_DELAY } from '../limits/numbers';
import { parsePeriod } from '../limits/period';
import { reasonOf } from '../text/reason-of';
import { shownValue } from '../text/shown-value';
import { describeProblems } from './describe-problems';
import { findForbiddenCharacters } from './forbidden-characters';
import { InvalidScheduleError } from './job-schedule.errors';
import { fieldName, throughJson } from './parse-json';
import { partsOf } from './schema-parts';
import { isZodSchema, type StandardSchema } from './standard-schema';
import type { TypedInput } from './typed-input';

/** When a schedule fires. */
export type ScheduleTimes =
  | {
      /**
       * A cron expression of five fields (minute, hour, day of month, month, day of week), or six with the second in
       * front, or an alias such as `@daily`.
       */
      cron: string;
      /** The IANA name of the zone whose clocks count. @default 'UTC' */
      timezone?: string;
      every?: undefined;
    }
  | {
      /**
       * A period, such as `15m` (units: `s`, `m`, `h`, `d`), or in milliseconds; a second at least. It counts from
       * 1970 in UTC: `15m` fires at 0, 15, 30 and 45 minutes past the hour, `1d` at midnight UTC.
       */
      every: string | number;
      cron?: undefined;
      timezone?: undefined;
    };

/** What happens beside the times. */
export interface ScheduleRules {
  /**
   * What happens at a time when an earlier run of the schedule has not ended, retries included.
   *
   * - `skip`: there is no run for this time.
   * - `queue`: the run is added when the earlier one has ended. Several wait in the order of their times.
   *
   * @default 'skip'
   */
  overlap?: 'skip' | 'queue';
  /**
   * What happens if no worker was there at a time, nor in the two minutes after it.
   *
   * - `once`: one run, when there is a worker again, however many times were missed.
   * - `skip`: none.
   *
   * @default 'once'
   */
  missed?: 'once' | 'skip';
  /**
   * Whether there is a run at once when the schedule is new, or has changed.
   *
   * @default false
   */
  runOnChange?: boolean;
}

/** The data of its jobs; it may be omitted if the schema accepts an empty object. */
type ScheduleData<Data extends StandardSchema> =
  Record<string, never> extends TypedInput<Data>
    ? { data?: TypedInput<Data> }
    : { data: TypedInput<Data> };

/** One schedule of a contract. */
export type JobSchedule<Data extends StandardSchema = StandardSchema> = ScheduleTimes &
  ScheduleRules &
  ScheduleData<Data>;

/** The schedules of a contract: one, or several by name. */
export type JobSchedules<Data extends StandardSchema = StandardSchema> =
  JobSchedule<Data> | { readonly [name: string]: JobSchedule<Data> };

/** A schedule as the contract has it, with defaults applied. */
export interface ScheduleDefinition {
  /** `default`, if the contract has one schedule without a name. */
  readonly name: string;
  readonly times: { readonly cron: Cron; readonly zone: TimeZone } | { readonly every: number };
  /** As it is written, such as `0 3 * * *` or `every 15m`. */
  readonly expression: string;
  readonly data: unknown;
  readonly overlap: 'skip' | 'queue';
  readonly missed: 'once' | 'skip';
  readonly runOnChange: boolean;
}

/** The name of a schedule that is the only one, and has none. */
export const ONLY_SCHEDULE = 'default';

/** In milliseconds. */
const SHORTEST_PERIOD = 1_000;

/** Lower-case words joined by hyphens: it is a part of job ids and of URLs. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** @throws InvalidScheduleError */
export function readSchedules(
  job: string,
  schema: StandardSchema,
  schedules: JobSchedules,
): readonly ScheduleDefinition[] {
  const named = isOne(schedules) ? { [ONLY_SCHEDULE]: schedules } : schedules;
  return Object.entries(named).map(([name, schedule]) => readOne(job, name, schema, schedule));
}

function isOne(schedules: JobSchedules): schedules is JobSchedule {
  return ['cron', 'every'].some((key) => {
    const value: unknown = Reflect.get(schedules, key);
    return value !== undefined && typeof value !== 'object';
  });
}

function readOne(
  job: string,
  name: string,
  schema: StandardSchema,
  schedule: JobSchedule,
): ScheduleDefinition {
  const refuse = (problem: string) =>
    new InvalidScheduleError({ job, schedule: name, written: written(schedule) }, problem);
  if (!NAME.test(name)) {
    throw refuse('its name must be lower-case words joined by hyphens, such as "every-night"');
  }
  const { overlap = 'skip', missed = 'once', runOnChange = false, data } = schedule;
  if (!['skip', 'queue'].includes(overlap)) {
    throw refuse(`its overlap is ${shownValue(overlap)}. Use 'skip' or 'queue'`);
  }
  if (!['once', 'skip'].includes(missed)) {
    throw refuse(`its missed is ${shownValue(missed)}. Use 'once' or 'skip'`);
  }
  const times = readTimes(schedule, refuse);
  checkData(schema, data, refuse);
  const expression =
    schedule.cron === undefined ? `every ${String(schedule.every)}` : schedule.cron.trim();
  return Object.freeze({ name, times, expression, data, overlap, missed, runOnChange });
}

type Refuse = (problem: string) => InvalidScheduleError;

function readTimes(schedule: ScheduleTimes, refuse: Refuse): ScheduleDefinition['times'] {
  const { cron, timezone, every } = schedule as {
    readonly [Key in 'cron' | 'timezone' | 'every']?: unknown;
  };
  if ((cron === undefined) === (every === undefined)) {
    throw refuse('it must have one of cron and every');
  }
  if (every !== undefined) {
    if (timezone !== undefined) throw refuse('a period has no timezone. Use cron, or omit it');
    return { every: readPeriod(every, refuse) };
  }
  // It defaults to UTC, not to the zone of the process: that of the api and of each worker may differ.
  const zone = typeof timezone === 'string' ? TimeZone.find(timezone) : undefined;
  if (timezone !== undefined && zone === undefined) {
    throw refuse(
      `there is no zone ${shownValue(timezone)}. Use an IANA name such as "Europe/Berlin", or "UTC"`,
    );
  }
  const parsed = parseCron(typeof cron === 'string' ? cron : '');
  if (parsed instanceof CronProblem) throw refuse(`the expression ${parsed.problem}`);
  return { cron: parsed, zone: zone ?? utc() };
}

function utc(): TimeZone {
  // Every system has it.
  return TimeZone.find('UTC') as TimeZone;
}

function readPeriod(every: unknown, refuse: Refuse): number {
  const period = typeof every === 'string' ? parsePeriod(every) : every;
  const isValid =
    typeof period === 'number' &&
    Number.isInteger(period) &&
    period >= SHORTEST_PERIOD &&
    period <= LONGEST_DELAY;
  if (isValid) return period;
  throw refuse(
    `a period is a string such as "90s", "15m", "6h" or "1d", or whole milliseconds, of at least ` +
      `${SHORTEST_PERIOD} ms`,
  );
}

/**
 * Checks data as far as that is possible at once. A schema that answers later, or has codecs, is asked when a
 * worker starts.
 */
function checkData(schema: StandardSchema, data: unknown, refuse: Refuse): void {
  if (isZodSchema(schema) && partsOf(schema).hasCodec) return;
  let json: unknown;
  try {
    json = data === undefined ? {} : throughJson(data);
  } catch (error) {
    throw refuse(`its data cannot be written as JSON (${reasonOf(error)})`);
  }
  const forbidden = findForbiddenCharacters(json);
  if (forbidden.length > 0) throw refuse(`its data is not valid: ${describeProblems(forbidden)}`);
  const issues = issuesOf(schema, json);
  if (issues === undefined || issues.length === 0) return;
  throw refuse(`its data is not valid: ${describeProblems(issues)}`);
}

/** @returns undefined if the schema answers later */
function issuesOf(schema: StandardSchema, json: unknown) {
  let result;
  try {
    result = schema['~standard'].validate(json);
  } catch {
    return undefined;
  }
  if (result instanceof Promise) {
    result.catch(() => undefined);
    return undefined;
  }
  return result.issues?.map(({ message, path = [] }) => ({
    field: fieldName(path.map((part) => (typeof part === 'object' ? part.key : part))),
    problem: message,
  }));
}

function written({ cron, timezone, every }: ScheduleTimes): string {
  const parts = Object.entries({ cron, timezone, every }).filter(
    ([, value]) => value !== undefined,
  );
  return parts.map(([key, value]) => `${key}: ${shownValue(value)}`).join(', ') || 'no times';
}
