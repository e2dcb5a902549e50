import { ServicesError } from './services.error';

/**
 * A variable of the services has an invalid value.
 *
 * To do: correct the variable that the message names.
 *
 * @group Development services
 */
export class ServicesConfigError extends ServicesError {
  override readonly code = 'SERVICES_CONFIG';
}

/** Whether to start Postgres: not if DATABASE_URL is set. Empty counts as unset. */
export function wantsPostgres(env: NodeJS.ProcessEnv): boolean {
  return !env['DATABASE_URL'];
}

/** Whether to catch mail: not if SMTP_URL is set. */
export function wantsMail(env: NodeJS.ProcessEnv): boolean {
  return !env['SMTP_URL'];
}

const DEFAULT_IDLE_MINUTES = 30;

/** How long the services keep running without use, in milliseconds, from SERVICES_IDLE_MINUTES. */
export function idleMs(env: NodeJS.ProcessEnv): number {
  const value = env['SERVICES_IDLE_MINUTES'];
  const minutes = value ? Number(value) : DEFAULT_IDLE_MINUTES;
  // Timers are limited to 2^31 ms, so at most a year is accepted.
  if (Number.isFinite(minutes) && minutes > 0 && minutes <= 525_600) return minutes * 60_000;
  throw new ServicesConfigError(
    `SERVICES_IDLE_MINUTES is "${value ?? ''}"; it must be the number of minutes after which unused services stop, ` +
      `greater than 0, for example SERVICES_IDLE_MINUTES=30.`,
  );
}
