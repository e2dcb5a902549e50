/** A summary of measurements, in their unit. */
export interface Summary {
  runs: number;
  median: number;
  min: number;
  max: number;
  /** Half of the measurements lie between these two. */
  quartiles: readonly [number, number];
}

/**
 * The median and the spread of measurements. Not the mean: on a shared machine, one interrupted run may take
 * several times as long as the others, and would dominate it.
 *
 * @throws RangeError if there are none
 */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    runs: sorted.length,
    median: quantile(sorted, 0.5),
    min: quantile(sorted, 0),
    max: quantile(sorted, 1),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
  };
}

/**
 * The quantile of ascending values, linearly interpolated.
 *
 * @param share from 0 to 1
 * @throws RangeError if there are none
 */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) {
    throw new RangeError('There are no measurements to summarize.');
  }
  return below + (above - below) * (position - Math.floor(position));
}

/**
 * The ratio of two programs measured in the same rounds, taken in each round: other work on the machine
 * affects both sides of a round.
 *
 * @throws RangeError if the numbers of rounds differ
 */
export function pairedRatio(above: readonly number[], below: readonly number[]): Summary {
  if (above.length !== below.length) {
    throw new RangeError(`${above.length} rounds cannot be compared with ${below.length}.`);
  }
  return summarize(above.map((value, round) => value / (below[round] ?? Number.NaN)));
}

/** The median, with the quartiles in brackets: `0.98 (0.87–1.01)`. */
export function describeRatio({ median, quartiles: [low, high] }: Summary): string {
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
