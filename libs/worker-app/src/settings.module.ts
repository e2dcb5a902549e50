import { Global, Module, type DynamicModule } from '@nestjs/common';
import { databaseOf, dataSourceOf } from '@libs/config';
import { DATABASE_SETTINGS, type DatabaseSettings } from '@libs/data-access/settings';
import { WORKER_CONFIG, type WorkerConfig } from './config';
import { hints } from './hints';

/** Makes the configuration available to every processor. Connects to nothing. */
@Global()
@Module({})
export class SettingsModule {
  /** @param applicationName what `pg_stat_activity` shows for the connections of a processor */
  static for(config: WorkerConfig, applicationName = 'worker'): DynamicModule {
    const database: DatabaseSettings = {
      ...databaseOf(config),
      applicationName,
      poolMax: config.DATABASE_POOL_MAX,
      connectDeadline: config.CONNECT_TIMEOUT,
      statementTimeout: config.DATABASE_STATEMENT_TIMEOUT,
      hints,
      named: { reports: dataSourceOf(config, 'reports') },
    };
    return {
      module: SettingsModule,
      providers: [
        { provide: WORKER_CONFIG, useValue: config },
        { provide: DATABASE_SETTINGS, useValue: database },
      ],
      exports: [WORKER_CONFIG, DATABASE_SETTINGS],
    };
  }
}
