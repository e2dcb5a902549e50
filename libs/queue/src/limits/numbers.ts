import { matching, type Rule } from './rule';

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
export function count(min: number, max = LARGEST_COUNT): Rule {
  return matching(
    `a whole number from ${min} to ${max}`,
    (value) => Number.isInteger(value) && isWithin(value, min, max),
  );
}

/** A whole number, below 0 from the end: an index. */
export function index(): Rule {
  return count(-LARGEST_COUNT);
}

/** Milliseconds. A fraction is dropped, as BullMQ does on Redis: `1000 / 3` is 333. */
export function milliseconds(min: number, max = LONGEST_DELAY): Rule {
  return whole(min, max, 'milliseconds');
}

/** Milliseconds that were computed: what is beyond an end is the end. Only NaN is refused. */
export function clampedMilliseconds(min: number, max = LONGEST_DELAY): Rule {
  const refused = { path: [], expected: `a number of milliseconds from ${min} to ${max}` };
  return (value) =>
    typeof value !== 'number' || Number.isNaN(value)
      ? refused
      : { value: Math.min(max, Math.max(min, Math.floor(value))) };
}

/** Milliseconds until a time, which are below 0 if it has passed. */
export function millisecondsUntil(): Rule {
  const expected = `a number of milliseconds up to ${LONGEST_DELAY}; below 0 means at once`;
  return rounded(expected, -Infinity, LONGEST_DELAY, (delay) => Math.max(0, Math.floor(delay)));
}

/** A moment, in milliseconds since 1970. */
export function moment(): Rule {
  return whole(-LATEST_MOMENT, LATEST_MOMENT, 'milliseconds since 1970');
}

/** Milliseconds that are waited for by a timer of Node. */
export function timer(min: number, max = LONGEST_TIMER): Rule {
  return milliseconds(min, max);
}

/** Seconds that are waited for by a timer of Node; a fraction is kept. */
export function seconds(): Rule {
  const longest = LONGEST_TIMER / 1_000;
  return matching(`a number of seconds from 0.001 to ${Math.floor(longest)}`, (value) =>
    isWithin(value, 0.001, longest),
  );
}

/** A size, of which a fraction is dropped. */
export function size(min: number, unit: 'bytes' | 'megabytes'): Rule {
  return whole(min, LARGEST_COUNT, unit);
}

/** A part of a whole, such as a probability. */
export function share(): Rule {
  return matching('a number from 0 to 1', (value) => isWithin(value, 0, 1));
}

/** An age, in a unit that the store counts; a fraction is dropped. */
export function age(): Rule {
  return rounded('a number from 0', 0, Number.MAX_VALUE, Math.floor);
}

function whole(min: number, max: number, unit: string): Rule {
  return rounded(`a number of ${unit} from ${min} to ${max}`, min, max, Math.floor);
}

/** A finite number that is within the range when it is rounded. */
function rounded(
  expected: string,
  min: number,
  max: number,
  round: (value: number) => number,
): Rule {
  const refused = { path: [], expected };
  return (given) => {
    if (typeof given !== 'number' || !Number.isFinite(given)) return refused;
    const value = round(given);
    return isWithin(value, min, max) ? { value } : refused;
  };
}

function isWithin(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}
