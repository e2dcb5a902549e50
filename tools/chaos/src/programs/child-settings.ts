import type { ChaosIsolation } from '../faults/schedule';

/** What the controller tells a process that it starts. */
export interface ChildSettings {
  role: 'producer' | 'worker' | 'operator';
  /** Counts the processes of a role from 0. */
  index: number;
  /** How many processes have this role. */
  of: number;
  seed: number;
  /** How many jobs there are for all producers together. */
  jobs: number;
  databaseUrl: string;
  queueUrl: string;
  /** Whether the queues are outside the database, so that jobs of a transaction need an outbox. */
  outbox: boolean;
  /** Where a worker runs its jobs. */
  isolation: ChaosIsolation;
  /** In milliseconds. */
  lockDuration: number;
  /** Whether a producer adds the last jobs of a run, instead of its share. */
  last: boolean;
  /** The file in which a producer remembers what it has tried. */
  notes: string;
}

/** What the controller tells a producer while it runs: how many jobs it may have begun by now. */
export interface Allowance {
  allowed: number;
}

/** What a process tells the controller: that it does its work, or that it has ended a job's transaction. */
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

/** As `pg_stat_activity` shows it. */
export function applicationName({ role, index }: ChildSettings): string {
  return `chaos-${role}-${index}`;
}
