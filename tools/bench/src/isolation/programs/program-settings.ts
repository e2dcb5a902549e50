import type { LoadOptions, LoadResult } from '../load/requests-at-rate';
import type { Place } from '../topologies';

/** What an api or a worker of this bench is told in its environment. */
export interface ProgramSettings {
  place: Place;
  databaseUrl: string;
  /** Connections of each pool for the database; also how many jobs hold one at the same time. */
  pool: number;
  /** How many CPU-blocking jobs run at the same time. */
  parallel: number;
}

/** What a program tells the bench once it can be used. */
export interface ProgramReady {
  /** Of an api: where it listens. */
  url?: string;
}

/** What the clients tell it at their end. */
export interface LoadReport {
  result: LoadResult;
}

const VARIABLE = 'ISOLATION_SETTINGS';

export function settingsEnvironment(
  settings: LoadOptions | ProgramSettings,
): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(settings) };
}

/** Of an api and a worker; a sandbox has them from its parent. */
export function readSettings(): ProgramSettings {
  return parsedVariable() as ProgramSettings;
}

/** Of the clients. */
export function readLoad(): LoadOptions {
  return parsedVariable() as LoadOptions;
}

/** What the bench has written with the function above. */
function parsedVariable(): unknown {
  return JSON.parse(process.env[VARIABLE] ?? '');
}

/** Tells the bench something, and ends this process when the bench is gone. */
export function reportToBench(message: LoadReport | ProgramReady): void {
  if (process.listenerCount('disconnect') === 0) {
    process.once('disconnect', () => process.exit(1));
  }
  process.send?.(message);
}
