import {
  type DynamicModule,
  Inject,
  Module,
  type OnModuleInit,
  Optional,
  type Type,
} from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Readiness } from '@libs/health';
import { DataSource } from 'typeorm';
import { MigrationsPendingError } from '../migrations/migrations-pending.error';
import { pendingMigrationsOf } from '../migrations/pending-migrations';
import { DATABASE_SETTINGS, type DatabaseSettings } from '../settings';
import { connectDataSource } from './connect-data-source';
import { applicationOptions, type ConnectOptions } from './data-source-options';
import { nameOfDatabase } from './database-unavailable.error';
import { NamedDatabaseModule } from './named-database.module';

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
  /**
   * A data source of its own, with a pool of its own, in place of the main one or beside it:
   *
   *     imports: [DatabaseModule.named('reports', [Report])]
   *     constructor(@InjectRepository(Report, 'reports') private readonly reports: Repository<Report>) {}
   *
   * All who import the same name share one pool. Its settings are the `named` ones of
   * {@link DATABASE_SETTINGS}; what it has not of its own is as in the main one. Its tables are those of
   * the main one, or of a copy of it: migrations are only looked for on the main one. The check of
   * readiness is called `database reports`.
   *
   * The process does not start if the name is not declared (`UndeclaredDataSourceError`), or the
   * database cannot be reached (`DatabaseUnavailableError`).
   */
  static named(name: string, entities: Type[] = []): DynamicModule {
    return NamedDatabaseModule.for(name, entities);
  }

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
  const { url = '', hints } = dataSource.options as ConnectOptions;
  throw new MigrationsPendingError(nameOfDatabase(url), pending, hints?.migrate);
}
