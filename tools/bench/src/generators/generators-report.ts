import { type Column, markdownTable, whole } from '@tools/experiment';
import type { Summary } from '../measure/statistics';

/** A command in workspaces of several sizes: milliseconds of processor time. */
export interface GrownCommand {
  line: string;
  /** By the number of processors, ascending. */
  cpu: ReadonlyMap<number, Summary>;
}

/** How much more a generator may take in the largest workspace than in the smallest. */
export const TARGET = 1.3;

/** One row a command, one column a size, and the largest as a multiple of the smallest. */
export function generatorsTable(sizes: readonly number[], rows: readonly GrownCommand[]): string {
  const ofSizes = sizes.map((size): Column<GrownCommand> => ({
    title: `${size} processors, ms`,
    align: 'right',
    value: ({ cpu }) => {
      const summary = cpu.get(size);
      return summary
        ? `${whole(summary.median)} (${whole(summary.min)}–${whole(summary.max)})`
        : '';
    },
  }));
  return markdownTable<GrownCommand>(
    [
      { title: 'command', align: 'left', value: ({ line }) => line },
      ...ofSizes,
      { title: 'ratio', align: 'right', value: (row) => growthOf(row).toFixed(2) },
    ],
    rows,
  );
}

/** The median of the largest workspace as a multiple of that of the smallest. */
export function growthOf({ cpu }: GrownCommand): number {
  const medians = [...cpu.values()].map(({ median }) => median);
  return (medians.at(-1) ?? Number.NaN) / (medians[0] ?? Number.NaN);
}
