import { markdownTable, megabytes, seconds, whole } from '@tools/experiment';
import type { Summary } from '../measure/statistics';
import type { Chart, Plot, Series } from './small-multiples.svg';

/** What a workspace with so many generated processors costs. Milliseconds; memory in bytes. */
export interface Growth {
  size: number;
  build: Summary;
  graph: Summary;
  generator: Summary;
  firstJob: Summary;
  rss: Summary;
  /** Processor time until the first job is done, where the system tells it. */
  cpu?: Summary;
}

type Measure = Exclude<keyof Growth, 'size' | 'cpu'>;

export function growthTable(rows: readonly Growth[]): string {
  return markdownTable<Growth>(
    [
      { title: 'processors', align: 'right', value: ({ size }) => String(size) },
      { title: 'nx build worker, s', align: 'right', value: ({ build }) => seconds(build.median) },
      { title: 'project graph, s', align: 'right', value: ({ graph }) => seconds(graph.median) },
      {
        title: 'nx g processor, s',
        align: 'right',
        value: ({ generator }) => seconds(generator.median),
      },
      {
        title: 'start to first job, ms',
        align: 'right',
        value: ({ firstJob: { median, min, max } }) =>
          `${whole(median)} (${whole(min)}–${whole(max)})`,
      },
      {
        title: 'processor time, ms',
        align: 'right',
        value: ({ cpu }) => (cpu ? whole(cpu.median) : ''),
      },
      { title: 'memory, MB', align: 'right', value: ({ rss }) => megabytes(rss.median) },
    ],
    rows,
  );
}

/** What the largest workspace costs a worker that runs one processor, compared to the smallest. */
export function growthVerdict(rows: readonly Growth[]): string {
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) throw new RangeError('Nothing was measured.');
  const slower = last.firstJob.median - first.firstJob.median;
  const larger = last.rss.median - first.rss.median;
  const spread = first.firstJob.quartiles[1] - first.firstJob.quartiles[0];
  return (
    `One selected processor of ${last.size} has done its first job ${signed(slower)} ms later, with ` +
    `${signed(larger / 1e6)} MB, than one of ${first.size}; half of the starts of the smallest ` +
    `differ by up to ${whole(spread)} ms among themselves.`
  );
}

export function growthPlot(rows: readonly Growth[]): Plot {
  return {
    title: 'A workspace grows',
    xLabel: 'generated processors',
    note: 'Dots are medians, bars reach from the smallest to the largest measurement.',
    charts: [
      chart(
        rows,
        'What a developer waits for',
        'seconds, in a new process without daemon or cache',
        {
          format: (value) => `${Number(value.toFixed(1))} s`,
          divisor: 1_000,
          measures: {
            build: 'nx build worker',
            generator: 'nx g processor',
            graph: 'project graph',
          },
        },
      ),
      chart(rows, 'Start to first job done', 'milliseconds, one processor selected', {
        format: (value) => `${whole(value)} ms`,
        divisor: 1,
        measures: { firstJob: 'worker' },
      }),
      chart(rows, 'Memory after the first job', 'megabytes resident, one processor selected', {
        format: (value) => `${whole(value)} MB`,
        divisor: 1e6,
        measures: { rss: 'worker' },
      }),
    ],
  };
}

interface ChartOptions {
  format: (value: number) => string;
  /** From the unit of the measurement to that of the chart. */
  divisor: number;
  measures: Partial<Record<Measure, string>>;
}

function chart(
  rows: readonly Growth[],
  title: string,
  subtitle: string,
  { format, divisor, measures }: ChartOptions,
): Chart {
  const series = Object.entries(measures).map(([measure, name]): Series => {
    const points = rows.map((row) => {
      const { median, min, max } = row[measure as Measure];
      return {
        x: row.size,
        y: median / divisor,
        range: [min / divisor, max / divisor] as const,
      };
    });
    return { name, points };
  });
  return { title, subtitle, series, format };
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${whole(Math.abs(value))}`;
}
