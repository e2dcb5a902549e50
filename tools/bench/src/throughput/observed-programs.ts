import { compilePrograms, ExperimentError, WORKSPACE_ROOT } from '@tools/experiment';
import type { ThroughputProgram } from './measure-program';
import type { PreparedPrograms } from './prepared-programs';
import { startSpanCounter } from './span-counter';

interface Observed {
  readonly name: string;
  readonly kinds: string;
  readonly target: number | undefined;
  /** The share of the traces that is recorded. @default all */
  readonly sampled?: string;
}

/**
 * Kinds of observation, as tables name them, and as the programs take them; the first one is compared with. Targets are
 * shares of its throughput.
 */
export const OBSERVATIONS = [
  { name: 'observed by nothing', kinds: '', target: undefined },
  { name: 'with metrics', kinds: 'metrics', target: 0.97 },
  { name: 'with traces', kinds: 'traces', target: 0.9 },
  { name: 'with both', kinds: 'metrics,traces', target: 0.9 },
  { name: 'with a tenth of the traces', kinds: 'traces', target: 0.97, sampled: '0.1' },
] as const satisfies readonly Observed[];

export const WAYS = [
  { does: 'run by JobHost', program: 'observed-job-host', uses: 'runs' },
  { does: 'added', program: 'observed-add', uses: 'adds' },
] as const;

const PROGRAMS = 'tools/bench/src/throughput/programs';

/** The same work without and with metrics and traces, side by side. */
export async function prepareObserved(
  folder: string,
  stores: readonly Pick<ThroughputProgram, 'store' | 'settings'>[],
): Promise<PreparedPrograms> {
  const entries = WAYS.map(({ program }) => [program, `${PROGRAMS}/${program}.main.ts`] as const);
  const files = await compilePrograms(folder, Object.fromEntries(entries), WORKSPACE_ROOT);
  const counter = await startSpanCounter();
  const programs = stores.flatMap(({ store, settings }) =>
    WAYS.flatMap(({ does, program, uses }) =>
      OBSERVATIONS.map(({ name, kinds, ...rest }: Observed): ThroughputProgram => ({
        store,
        what: observed(does, name),
        file: files[program] ?? '',
        args: [kinds],
        environment: kinds.includes('traces') ? tracingVariables(counter.url, rest) : {},
        settings,
        uses,
      })),
    ),
  );
  return {
    programs,
    notes: [],
    conclude: () => {
      const { spans, requests, bytes } = counter.received;
      if (spans === 0) throw new ExperimentError('The collector has received no span.');
      return [
        `the collector has received ${spans} spans in ${requests} requests (${bytes} bytes); what a program could not send in time is dropped.`,
      ];
    },
    close: () => counter.close(),
  };
}

function tracingVariables(
  url: string,
  { sampled }: Pick<Observed, 'sampled'>,
): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    ...(sampled !== undefined && {
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: sampled,
    }),
  };
}

/** What a program does, as tables name it. */
export function observed(does: string, observation: string): string {
  return `${does}, ${observation}`;
}
