import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { ConnectionPools, Readiness } from '@libs/health';
import type { DataSource } from 'typeorm';
import { DATABASE_SETTINGS, type DatabaseSettings } from '../settings';
import { resolveDatabase } from '../settings/named-database';
import { connectDataSource } from './connect-data-source';
import { applicationOptions, type ConnectOptions } from './data-source-options';
import { reportPool } from './report-pool';

/** One module per name: Nest would open a pool for each new dynamic module, but reuses an identical object. */
const roots = new Map<string, DynamicModule>();

/** An additional data source. Created by `DatabaseModule.named`. */
@Module({})
export class NamedDatabaseModule {
  /** @param entities whose repositories to provide: `@InjectRepository(Report, name)` */
  static for(name: string, entities: Type[]): DynamicModule {
    return {
      module: NamedDatabaseModule,
      imports: [rootOf(name), TypeOrmModule.forFeature(entities, name)],
      exports: [TypeOrmModule],
    };
  }
}

@Module({})
class NamedDatabaseRoot {}

function rootOf(name: string): DynamicModule {
  const root = roots.get(name) ?? createRoot(name);
  roots.set(name, root);
  return root;
}

function createRoot(name: string): DynamicModule {
  return {
    module: NamedDatabaseRoot,
    imports: [
      TypeOrmModule.forRootAsync({
        name,
        inject: [DATABASE_SETTINGS, { token: Readiness, optional: true }],
        useFactory: (settings: DatabaseSettings, readiness?: Readiness) => ({
          ...applicationOptions(resolveDatabase(settings, name)),
          stopping: readiness?.stopping,
          // Without it, TypeOrmModule would close the main data source instead of this one.
          name,
          autoLoadEntities: true,
          toRetry: () => false,
        }),
        dataSourceFactory: (options) => connectDataSource(options as ConnectOptions),
      }),
    ],
    providers: [
      {
        provide: `Readiness of ${name}`,
        inject: [
          getDataSourceToken(name),
          { token: Readiness, optional: true },
          { token: ConnectionPools, optional: true },
        ],
        useFactory: (dataSource: DataSource, readiness?: Readiness, pools?: ConnectionPools) => {
          reportPool(pools, `database ${name}`, dataSource);
          readiness?.addCheck(`database ${name}`, async () => {
            await dataSource.query('SELECT 1');
          });
        },
      },
    ],
  };
}
