import { Logger } from '@nestjs/common';
import pg from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { migrations } from '../migrations/migrations';
import { MIGRATIONS_TABLE } from '../migrations/pending-migrations';
import type { DatabaseSettings } from '../settings';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

/** The options of a data source, and how long to keep trying to open it, in milliseconds. */
export type ConnectOptions = PostgresOptions & { readonly connectDeadline: number };

/** How long one attempt to open a connection, or a wait for a free one, may take, in milliseconds. */
const CONNECTION_TIMEOUT = 5_000;

/** The data source of an application. Entities are added by `TypeOrmModule.forFeature`. */
export function applicationOptions(settings: DatabaseSettings): ConnectOptions {
  const { url, applicationName, poolMax, connectDeadline } = settings;
  return { ...commonOptions(url), applicationName, poolSize: poolMax, connectDeadline };
}

/** A data source of one connection for migrations, which use no entities. */
export function migrationOptions(url: string): ConnectOptions {
  const connectDeadline = 15_000;
  return { ...commonOptions(url), applicationName: 'migrate', poolSize: 1, connectDeadline };
}

function commonOptions(url: string): PostgresOptions {
  const logger = new Logger('Database');
  return {
    type: 'postgres',
    url,
    // TypeORM would `require('pg')` by name at run time, which a bundle cannot follow.
    driver: pg,
    connectTimeoutMS: CONNECTION_TIMEOUT,
    extra: { keepAlive: true },
    poolErrorHandler: (error: Error) => {
      logger.warn(`An idle connection to the database was lost: ${error.message}`);
    },
    migrations,
    migrationsTableName: MIGRATIONS_TABLE,
    // Migrations are the only thing that changes the schema.
    synchronize: false,
    installExtensions: false,
    logging: false,
  };
}
