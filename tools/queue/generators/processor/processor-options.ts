import type { IsolationKind } from '../../workspace/index';
import { ISOLATION_KINDS, PluginError } from '../../workspace/index';

/** The options of `nx g @tools/queue:processor`, as schema.json describes them. */
export interface ProcessorOptions {
  name: string;
  /** The name of a contract that is there, in place of `name`. */
  job?: string;
  worker?: string;
  jobs?: string;
  concurrency?: number;
  isolation?: IsolationKind | 'none';
  batch?: number;
  service?: boolean;
  cron?: string;
  every?: string | number;
  timezone?: string;
  skipTests?: boolean;
  skipFormat?: boolean;
  force?: boolean;
}

/**
 * `--concurrency` is not a whole number of at least 1.
 *
 * To do: pass how many of these jobs one worker process runs at the same time, or leave the option out.
 */
export class ConcurrencyError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_CONCURRENCY';

  constructor(given: number) {
    super(
      `--concurrency is ${given}, and must be a whole number of at least 1: ` +
        'how many of these jobs one worker process runs concurrently.',
    );
  }
}

/**
 * `--isolation` is not one of process, thread and none.
 *
 * To do: pass one of these, or leave the option out.
 */
export class IsolationError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_ISOLATION';

  constructor(given: string) {
    super(
      `--isolation is "${given}", and must be one of: process (its jobs run in child processes of the ` +
        'worker), thread (in its threads), none (in the worker itself, the default).',
    );
  }
}

/**
 * `--batch` is not the size of a batch, or is used together with `--isolation`.
 *
 * To do: pass a size from 1 to 10000, or leave one of both options out.
 */
export class BatchError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_BATCH';
}

/** The most jobs that the runtime takes into one batch. */
const LARGEST_BATCH = 10_000;

/** @throws BatchError */
export function requireBatch({
  batch,
  isolation,
}: Pick<ProcessorOptions, 'batch' | 'isolation'>): void {
  if (batch === undefined) return;
  if (!Number.isSafeInteger(batch) || batch < 1 || batch > LARGEST_BATCH) {
    throw new BatchError(
      `--batch is ${batch}, and must be a whole number from 1 to ${LARGEST_BATCH}: ` +
        'how many jobs the processor handles in one call at most.',
    );
  }
  if (isolation !== undefined && isolation !== 'none') {
    throw new BatchError(
      `--batch and --isolation=${isolation} exclude each other: a sandbox runs one job at a time. Leave one of them out.`,
    );
  }
}

/** Nx checks the type of an integer and not its range. */
export function requireConcurrency(concurrency: number | undefined): void {
  if (concurrency !== undefined && !(Number.isSafeInteger(concurrency) && concurrency >= 1)) {
    throw new ConcurrencyError(concurrency);
  }
}

/** Not left to Nx, which would not say what the values mean. */
export function isolationKind(given: string | undefined): IsolationKind | undefined {
  if (given === undefined || given === 'none') return undefined;
  const kind = ISOLATION_KINDS.find((known) => known === given);
  if (kind === undefined) throw new IsolationError(given);
  return kind;
}
