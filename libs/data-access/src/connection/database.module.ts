import {
  type DynamicModule,
  Inject,
  Module,
  type OnModuleInit,
  Optional,
  type Type,
} from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ConnectionPools, Readiness } from '@libs/health';
import { DataSource } from 'typeorm';
import { MigrationsPendingError } from '../migrations/migrations-pending.error';
import { pendingMigrationsOf } from '../migrations/pending-migrations';
import { DATABASE_SETTINGS, type DatabaseSettings } from '../settings';
import { connectDataSource } from './connect-data-source';
import { applicationOptions, type ConnectOptions } from './data-source-options';
import { nameOfDatabase } from './database-unavailable.error';
import { NamedDatabaseModule } from './named-database.module';
import { reportPool } from './report-pool';
import { requireWritable } from './require-writable';

/**
 * The connection pool of this process, opened once even if several modules import it.
 *
 * Needs {@link DATABASE_SETTINGS} from a global module. The process does not start if the database cannot
 * be reached or takes no changes (`DatabaseUnavailableError`), or lacks migrations ({@link MigrationsPendingError}), and is not
 * ready while either is the case.
 */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [DATABASE_SETTINGS, { token: Readiness, optional: true }],
      useFactory: (settings: DatabaseSettings, readiness?: Readiness) => ({
        ...applicationOptions(settings),
        stopping: readiness?.stopping,
        autoLoadEntities: true,
        // connectDataSource() does the retries, and knows which errors are worth one.
        toRetry: () => false,
      }),
      // TypeOrmModule passes the result of useFactory, with the entities added.
      dataSourceFactory: (options) =>
        connectDataSource(options as ConnectOptions, async (dataSource) => {
          await requireWritable(dataSource);
          await requireMigrations(dataSource);
        }),
    }),
  ],
})
export class DatabaseModule implements OnModuleInit {
  /**
   * A separate data source with its own pool, instead of the main one or in addition to it:
   *
   *     imports: [DatabaseModule.named('reports', [Report])]
   *     constructor(@InjectRepository(Report, 'reports') private readonly reports: Repository<Report>) {}
   *
   * All imports of the same name share one pool. Its settings are the `named` ones of
   * {@link DATABASE_SETTINGS}, defaulting to those of the main one. It has the tables of the main one, or
   * of a copy of it: only the main one is checked for migrations. Its readiness check is called
   * `database reports`.
   *
   * The process does not start if the name is undeclared (`UndeclaredDataSourceError`) or the database
   * cannot be reached (`DatabaseUnavailableError`).
   */
  static named(name: string, entities: Type[] = []): DynamicModule {
    return NamedDatabaseModule.for(name, entities);
  }

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Optional() @Inject(Readiness) private readonly readiness?: Readiness,
    @Optional() @Inject(ConnectionPools) private readonly pools?: ConnectionPools,
  ) {}

  onModuleInit(): void {
    reportPool(this.pools, 'database', this.dataSource);
    this.readiness?.addCheck('database', () => requireWritable(this.dataSource));
    this.readiness?.addCheck('migrations', () => requireMigrations(this.dataSource));
  }
}

async function requireMigrations(dataSource: DataSource): Promise<void> {
  const pending = await pendingMigrationsOf(dataSource);
  if (pending.length === 0) return;
  const { url = '', hints } = dataSource.options as ConnectOptions;
  throw new MigrationsPendingError(nameOfDatabase(url), pending, hints?.migrate);
}
