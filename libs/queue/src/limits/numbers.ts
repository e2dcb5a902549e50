import * as z from 'zod';

/** Node fires a timer with a longer delay at once. In milliseconds. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * The longest delay of a job, and the longest period of anything else that a store counts: a hundred years, in
 * milliseconds. Dates and the scores of Redis are exact far beyond it.
 */
export const LONGEST_DELAY = 36_525 * 24 * 60 * 60 * 1_000;

/** The latest moment of a `Date`. */
const LATEST_MOMENT = 8.64e15;

/** The largest `integer` of Postgres. */
export const LARGEST_COUNT = 2 ** 31 - 1;

/** The most bytes of an id: a B-tree of Postgres refuses more than 2704 in an entry. */
export const LONGEST_ID = 1_024;

/** A whole number. A fraction is refused: which of its neighbours is meant, only its author knows. */
export function count(min: number, max = LARGEST_COUNT) {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A whole number, below 0 from the end: an index. */
export function index() {
  return count(-LARGEST_COUNT);
}

/** Milliseconds. A fraction is dropped, as BullMQ does on Redis: `1000 / 3` is 333. */
export function milliseconds(min: number, max = LONGEST_DELAY) {
  return whole(min, max, 'milliseconds');
}

/** Milliseconds that were computed: what is beyond an end is the end. Only NaN is refused. */
export function clampedMilliseconds(min: number, max = LONGEST_DELAY) {
  const error = `a number of milliseconds from ${min} to ${max}`;
  return z
    .custom<number>((value) => typeof value === 'number' && !Number.isNaN(value), { error })
    .transform((value) => Math.min(max, Math.max(min, Math.floor(value))));
}

/** Milliseconds until a time, which are below 0 if it has passed. */
export function millisecondsUntil() {
  const error = `a number of milliseconds up to ${LONGEST_DELAY}; below 0 means at once`;
  const rounded = z.number({ error }).transform((delay) => Math.max(0, Math.floor(delay)));
  return rounded.pipe(z.number({ error }).max(LONGEST_DELAY, { error }));
}

/** A moment, in milliseconds since 1970. */
export function moment() {
  return whole(-LATEST_MOMENT, LATEST_MOMENT, 'milliseconds since 1970');
}

/** Milliseconds that are waited for by a timer of Node. */
export function timer(min: number, max = LONGEST_TIMER) {
  return milliseconds(min, max);
}

/** Seconds that are waited for by a timer of Node; a fraction is kept. */
export function seconds() {
  const error = `a number of seconds from 0.001 to ${Math.floor(LONGEST_TIMER / 1_000)}`;
  return z
    .number({ error })
    .min(0.001, { error })
    .max(LONGEST_TIMER / 1_000, { error });
}

/** A size, of which a fraction is dropped. */
export function size(min: number, unit: 'bytes' | 'megabytes') {
  return whole(min, LARGEST_COUNT, unit);
}

/** A part of a whole, such as a probability. */
export function share() {
  const error = 'a number from 0 to 1';
  return z.number({ error }).min(0, { error }).max(1, { error });
}

function whole(min: number, max: number, unit: string) {
  const error = `a number of ${unit} from ${min} to ${max}`;
  const rounded = z.number({ error }).transform(Math.floor);
  return rounded.pipe(z.number({ error }).min(min, { error }).max(max, { error }));
}
