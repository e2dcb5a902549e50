import { Inject, Module, type OnModuleInit, Optional } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Readiness } from '@libs/health';
import { DataSource } from 'typeorm';
import { MigrationsPendingError } from '../migrations/migrations-pending.error';
import { pendingMigrationsOf } from '../migrations/pending-migrations';
import { DATABASE_SETTINGS, type DatabaseSettings } from '../settings';
import { connectDataSource } from './connect-data-source';
import { applicationOptions, type ConnectOptions } from './data-source-options';
import { nameOfDatabase } from './database-unavailable.error';

/**
 * The connection pool of this process, opened once however many modules import this one.
 *
 * Needs {@link DATABASE_SETTINGS} from a global module. The process does not start on a database that
 * cannot be reached (`DatabaseUnavailableError`) or lacks migrations ({@link MigrationsPendingError}),
 * and is not ready while either is so.
 */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [DATABASE_SETTINGS],
      useFactory: (settings: DatabaseSettings) => ({
        ...applicationOptions(settings),
        autoLoadEntities: true,
        // openDataSource() knows what waiting can cure, and waits by itself.
        toRetry: () => false,
      }),
      // TypeOrmModule hands on what useFactory returned, with the entities added.
      dataSourceFactory: (options) => openDataSource(options as ConnectOptions),
    }),
  ],
})
export class DatabaseModule implements OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Optional() @Inject(Readiness) private readonly readiness?: Readiness,
  ) {}

  onModuleInit(): void {
    this.readiness?.addCheck('database', async () => {
      await this.dataSource.query('SELECT 1');
    });
    this.readiness?.addCheck('migrations', () => requireMigrations(this.dataSource));
  }
}

async function openDataSource(options: ConnectOptions): Promise<DataSource> {
  const dataSource = await connectDataSource(options);
  try {
    await requireMigrations(dataSource);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return dataSource;
}

async function requireMigrations(dataSource: DataSource): Promise<void> {
  const pending = await pendingMigrationsOf(dataSource);
  if (pending.length === 0) return;
  const { url = '' } = dataSource.options as ConnectOptions;
  throw new MigrationsPendingError(nameOfDatabase(url), pending);
}
