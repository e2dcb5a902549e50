import fc from 'fast-check';
import { LARGEST_COUNT, LONGEST_DELAY } from '../numbers';

/** What is to become of the numbers of one option. */
export interface NumericOption {
  readonly min: number;
  readonly max: number;
  /** What is stored for a fraction; undefined: it is refused. */
  readonly round?: (value: number) => number;
  /** Whether what is below the range is its lower end. */
  readonly clamped?: boolean;
}

export const count = (min: number, max = LARGEST_COUNT): NumericOption => ({ min, max });

export const whole = (min: number, max = LONGEST_DELAY): NumericOption => ({
  min,
  max,
  round: Math.floor,
});

/** The keys of options that may be a number. */
export type NumericKeys<Options> = {
  [Key in keyof Options]-?: number extends Options[Key] ? Key : never;
}[keyof Options];

/** What is to be stored for a number; undefined: it is to be refused. */
export function expected(
  { min, max, round, clamped = false }: NumericOption,
  value: number,
): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  const rounded = round?.(value) ?? value;
  if (clamped && rounded < min) return min;
  // Adding 0 makes 0 of -0, as JSON does.
  const isWhole = round !== undefined || Number.isInteger(rounded);
  return isWhole && rounded >= min && rounded <= max ? rounded + 0 : undefined;
}

const BOUNDS = [0, 1, 2 ** 21 - 1, 2 ** 31 - 1, 2 ** 31, LONGEST_DELAY, 2 ** 53, 2 ** 63, 1e300];

/** Any number, and often one that something takes for another. */
export const anyNumber = fc.oneof(
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 1_000 / 3, 0.1 + 0.2),
  fc
    .tuple(fc.constantFrom(...BOUNDS), fc.constantFrom(-1, -0.5, 0, 0.5, 1))
    .map(([bound, step]) => bound + step),
  fc.integer({ min: -10, max: 100_000 }),
  fc.double(),
);
