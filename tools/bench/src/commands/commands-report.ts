import { type Column, markdownTable, whole } from '@tools/experiment';
import type { Summary } from '../measure/statistics';

/** What a command costs: milliseconds of processor time. */
export interface TimedCommand {
  line: string;
  /** Not of the other checkout. */
  isHere: boolean;
  cpu: Summary;
}

/** One row a command: here, in the other checkout, and as a multiple of a bare node and of the other one. */
export function commandsTable(rows: readonly TimedCommand[]): string {
  const here = rows.filter(({ isHere }) => isHere);
  const others = new Map(rows.filter(({ isHere }) => !isHere).map((row) => [row.line, row.cpu]));
  const node = here.find(({ line }) => line === 'node')?.cpu.median ?? Number.NaN;
  const columns: Column<TimedCommand>[] = [
    { title: 'command', align: 'left', value: ({ line }) => line.replace(/ --data=.*/, '') },
    {
      title: 'CPU time, ms',
      align: 'right',
      value: ({ cpu: { median, min, max } }) => `${whole(median)} (${whole(min)}–${whole(max)})`,
    },
    { title: 'of a bare node', align: 'right', value: ({ cpu }) => times(cpu.median / node) },
  ];
  if (others.size === 0) return markdownTable(columns, here);
  return markdownTable(
    [
      ...columns,
      {
        title: 'there, ms',
        align: 'right',
        value: ({ line }) => {
          const other = others.get(line);
          return other ? whole(other.median) : '';
        },
      },
      {
        title: 'of there',
        align: 'right',
        value: ({ line, cpu }) => {
          const other = others.get(line);
          return other ? times(cpu.median / other.median) : '';
        },
      },
    ],
    here,
  );
}

function times(ratio: number): string {
  return ratio.toFixed(2);
}
