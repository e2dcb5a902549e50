import { Logger } from '@nestjs/common';
import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { migrations } from '../migrations/migrations';
import { MIGRATIONS_TABLE } from '../migrations/pending-migrations';
import type { DatabaseHints, DatabaseSettings } from '../settings';
import type { ResolvedDatabase } from '../settings/named-database';
import { AnsweredClient } from './answered-client';

/** How a database is reached whose password is not in its URL. */
export type DatabaseAccess = Partial<Pick<DatabaseSettings, 'password'>>;

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** The options of a data source, and how it is opened. */
export type ConnectOptions = PostgresOptions & {
  /** How long to keep trying, in milliseconds. */
  readonly connectDeadline: number;
  /** Aborted when the process is told to stop: no data source is needed then. */
  readonly stopping?: AbortSignal | undefined;
  /** The variable that holds the URL, for errors. */
  readonly variable?: string;
  readonly hints?: DatabaseHints;
};

/** How long one attempt to open a connection, or a wait for a free one, may take, in milliseconds. */
const CONNECTION_TIMEOUT = 5_000;

/** In milliseconds. */
const ANSWER_TIMEOUT = 60_000;

/** In milliseconds: how long the server may take to report that it cancelled a statement. */
const CANCEL_TIMEOUT = 10_000;

/** The data source of an application. Entities are added by `TypeOrmModule.forFeature`. */
export function applicationOptions(settings: ResolvedDatabase): ConnectOptions {
  const { url, password, applicationName, poolMax, connectDeadline, variable, hints } = settings;
  const options = commonOptions(url, password);
  return {
    ...options,
    applicationName,
    poolSize: poolMax,
    connectDeadline,
    variable,
    hints,
    extra: { ...options.extra, ...timeoutsOf(settings) },
  };
}

function timeoutsOf({ statementTimeout = 'off', answerTimeout }: ResolvedDatabase) {
  if (statementTimeout === 'off') return { query_timeout: answerTimeout ?? ANSWER_TIMEOUT };
  return {
    statement_timeout: statementTimeout,
    // A connection is not dead while the database may still be working on the statement.
    query_timeout: answerTimeout ?? statementTimeout + CANCEL_TIMEOUT,
  };
}

/** A data source for migrations, which use no entities: one connection for them, one for their lock. */
export function migrationOptions(url: string, { password }: DatabaseAccess = {}): ConnectOptions {
  const connectDeadline = 15_000;
  return {
    ...commonOptions(url, password),
    applicationName: 'migrate',
    poolSize: 2,
    connectDeadline,
  };
}

function commonOptions(url: string, password: DatabaseSettings['password']): PostgresOptions {
  const logger = new Logger('Database');
  return {
    type: 'postgres',
    url,
    // TypeORM would `require('pg')` by name at run time, which a bundler cannot resolve.
    driver: pg,
    connectTimeoutMS: CONNECTION_TIMEOUT,
    extra: { keepAlive: true, passwordSource: password, Client: AnsweredClient },
    poolErrorHandler: (error: Error) => {
      logger.warn(`An idle connection to the database was lost: ${error.message}`);
    },
    migrations,
    migrationsTableName: MIGRATIONS_TABLE,
    // Only migrations change the schema.
    synchronize: false,
    installExtensions: false,
    logging: false,
  };
}
