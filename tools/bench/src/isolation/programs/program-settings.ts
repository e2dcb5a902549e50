import type { LoadOptions, LoadResult } from '../load/requests-at-rate';
import type { Place } from '../topologies';

/** The settings of an api or a worker, which it reads from its environment. */
export interface ProgramSettings {
  place: Place;
  databaseUrl: string;
  /** Connections of each database pool, and jobs that hold one at the same time. */
  pool: number;
  /** CPU-blocking jobs at the same time. */
  parallel: number;
}

/** The message of a program that is ready. */
export interface ProgramReady {
  /** The URL of an api. */
  url?: string;
}

/** The message of the clients when they have finished. */
export interface LoadReport {
  result: LoadResult;
}

const VARIABLE = 'ISOLATION_SETTINGS';

export function settingsEnvironment(
  settings: LoadOptions | ProgramSettings,
): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(settings) };
}

/** For an api and a worker; a sandbox inherits them. */
export function readSettings(): ProgramSettings {
  return parsedVariable() as ProgramSettings;
}

/** For the clients. */
export function readLoad(): LoadOptions {
  return parsedVariable() as LoadOptions;
}

/** Written with `settingsEnvironment`. */
function parsedVariable(): unknown {
  return JSON.parse(process.env[VARIABLE] ?? '');
}

/** Sends a message to the benchmark, and exits this process when the benchmark has ended. */
export function reportToBench(message: LoadReport | ProgramReady): void {
  if (process.listenerCount('disconnect') === 0) {
    process.once('disconnect', () => process.exit(1));
  }
  process.send?.(message);
}
