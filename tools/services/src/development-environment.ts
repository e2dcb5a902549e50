import { servicePaths } from './service-paths';
import { readState } from './service-state';
import { wantsMail, wantsPostgres } from './wanted-services';

/**
 * The variables that let an application use the development services, except those already set in `env`,
 * which take precedence. Reads the result of the last `up`, and starts nothing.
 */
export function developmentEnvironment(
  workspaceRoot: string,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const { databaseUrl, smtpUrl } = readState(servicePaths(workspaceRoot).state);
  return {
    ...(wantsPostgres(env) && databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    ...(wantsMail(env) && smtpUrl ? { SMTP_URL: smtpUrl } : {}),
    ...(env['QUEUE_PAGE'] ? {} : { QUEUE_PAGE: 'open' }),
  };
}
