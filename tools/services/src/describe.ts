import type { DownResult } from './down';
import type { PostgresStatus, ServicesStatus } from './status';
import type { UpResult } from './up';
import { wantsMail, wantsPostgres } from './wanted-services';

/** The output of the commands: for people, or as JSON for programs. */
export function describeUp(result: UpResult, env: NodeJS.ProcessEnv, json: boolean): string {
  if (json) return toJson(result);
  const { state, started, notices } = result;
  const how = (service: 'postgres' | 'mail'): string =>
    started.includes(service) ? 'started' : 'already running';
  return [
    wantsPostgres(env)
      ? `Postgres ${how('postgres')}: ${state.databaseUrl ?? ''}`
      : 'Postgres: DATABASE_URL is set, so none is started here.',
    wantsMail(env)
      ? `Mail catcher ${how('mail')}: ${state.smtpUrl ?? ''}, read the mail at ${state.mailboxUrl ?? ''}`
      : 'Mail: SMTP_URL is set, so none is caught here.',
    ...notices,
  ].join('\n');
}

export function describeDown({ stopped, purged }: DownResult, json: boolean): string {
  if (json) return toJson({ stopped, purged });
  const names = {
    postgres: 'Postgres',
    'test-postgres': 'the Postgres of the tests',
    mail: 'the mail catcher',
  };
  return [
    stopped.length === 0
      ? 'Nothing was running.'
      : `Stopped: ${stopped.map((service) => names[service]).join(', ')}.`,
    ...purged.map((folder) => `Deleted: ${folder}`),
  ].join('\n');
}

export function describeStatus(
  { postgres, testPostgres, mail, stopsAt }: ServicesStatus,
  env: NodeJS.ProcessEnv,
  json: boolean,
): string {
  if (json) return toJson({ postgres, testPostgres, mail, stopsAt });
  return [
    ...(wantsPostgres(env)
      ? []
      : ['DATABASE_URL is set: the applications use that Postgres, not this one.']),
    ...(wantsMail(env) ? [] : ['SMTP_URL is set: the applications send mail there, not here.']),
    ...postgresTable('Postgres', postgres),
    ...(testPostgres.running ? postgresTable('Postgres of the tests', testPostgres) : []),
    ...table('Mail catcher', mail.running, [
      ['smtp', mail.smtpUrl],
      ['mailbox', mail.mailboxUrl],
      ['process', mail.pid],
      ['since', mail.since],
      ['mail', mail.folder],
      ['log', mail.logFile],
    ]),
    ...(stopsAt ? [`Stops at ${stopsAt} unless it is used before then.`] : []),
    ...(postgres.running || testPostgres.running || mail.running
      ? ['Stop it now: npx nx run services:down']
      : ['Start it: npx nx run services:up']),
  ].join('\n');
}

function postgresTable(title: string, postgres: PostgresStatus): string[] {
  return table(title, postgres.running, [
    ['url', postgres.url],
    ['process', postgres.pid],
    ['since', postgres.since],
    ['data', postgres.dataFolder],
    ['log', postgres.logFile],
  ]);
}

function table(title: string, running: boolean, rows: [string, unknown][]): string[] {
  return [
    `${title}: ${running ? 'running' : 'not running'}`,
    ...rows
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `  ${name.padEnd(8)} ${String(value)}`),
  ];
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
