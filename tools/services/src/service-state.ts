import { readJsonFile, writeJsonFile } from './json-file';

export interface PostgresState {
  pid: number;
  port: number;
  dataFolder: string;
  logFile: string;
  startedAt: string;
}

/**
 * `.services/services.json`: what the last `up` found or started. Kept when the services stop, so that the
 * next `up` can use the same ports. An entry does not mean that the service still runs.
 */
export interface ServiceState {
  databaseUrl?: string;
  smtpUrl?: string;
  mailboxUrl?: string;
  postgres?: PostgresState;
  /** The server of the tests. */
  testPostgres?: PostgresState;
  keeper?: { pid: number; logFile: string; startedAt: string };
}

export function readState(file: string): ServiceState {
  return readJsonFile(file) ?? {};
}

export function writeState(file: string, state: ServiceState): void {
  writeJsonFile(file, state);
}
