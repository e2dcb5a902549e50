/** What a list of measurements comes to, in the unit of the measurements. */
export interface Summary {
  runs: number;
  median: number;
  min: number;
  max: number;
  /** Half of the measurements lie between these two. */
  quartiles: readonly [number, number];
}

/**
 * The median and the spread of measurements. Not the mean: on a shared machine a run that was
 * interrupted takes several times as long as the others, and would decide it.
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
 * Between two measurements it is taken to rise evenly. `sorted` ascends; `share` is 0 to 1.
 *
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
