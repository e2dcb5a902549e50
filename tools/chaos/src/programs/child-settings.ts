import type { ChaosEffects, ChaosIsolation } from '../faults/schedule';

/** What the controller passes to a process that it starts. */
export interface ChildSettings {
  role: 'producer' | 'worker' | 'operator';
  /** The number of this process among those of its role, from 0. */
  index: number;
  /** How many processes have this role. */
  of: number;
  seed: number;
  /** How many transactions all producers begin together. */
  jobs: number;
  databaseUrl: string;
  queueUrl: string;
  /** Whether the queues are outside of the database, so that a transaction needs the outbox. */
  outbox: boolean;
  /** How many replicas of the queue store must have a job. */
  replicas: number;
  /** Where a worker runs jobs. */
  isolation: ChaosIsolation;
  /** What makes the effect of a job happen once. */
  effects: ChaosEffects;
  /** In milliseconds. */
  lockDuration: number;
  /** Whether a producer adds the last jobs of the run, instead of its share. */
  last: boolean;
  /** The file of a producer's notes. */
  notes: string;
}

/**
 * In milliseconds: how long a process waits for its stores when it starts. On a busy machine, sentinels that get no
 * CPU time for two seconds do nothing for the next thirty.
 */
export const CONNECT_TIMEOUT = 120_000;

/** A message of the controller to a producer: it may begin the transactions below this number. */
export interface Allowance {
  allowed: number;
}

/** A message to the controller: the process works; or a producer has ended the transaction of this number. */
export type ChildReport = { ready: true } | { ended: number };

const VARIABLE = 'CHAOS_SETTINGS';

export function report(message: ChildReport): void {
  process.send?.(message);
}

export function settingsEnvironment(settings: ChildSettings): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(settings) };
}

export function readSettings(env: NodeJS.ProcessEnv = process.env): ChildSettings {
  // Written by the function above.
  return JSON.parse(env[VARIABLE] ?? '') as ChildSettings;
}

/** As shown by `pg_stat_activity`. */
export function applicationName({ role, index }: ChildSettings): string {
  return `chaos-${role}-${index}`;
}
