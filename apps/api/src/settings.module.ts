import { Global, Module, type DynamicModule } from '@nestjs/common';
import { databaseOf } from '@libs/config';
import { DATABASE_SETTINGS, type DatabaseSettings } from '@libs/data-access/settings';
import { API_CONFIG, type ApiConfig } from './config';
import { hints } from './hints';

/** Makes the configuration available to every module of the api. */
@Global()
@Module({})
export class SettingsModule {
  static for(config: ApiConfig): DynamicModule {
    const database: DatabaseSettings = {
      ...databaseOf(config),
      applicationName: 'api',
      poolMax: config.DATABASE_POOL_MAX,
      connectDeadline: config.CONNECT_TIMEOUT,
      statementTimeout: config.DATABASE_STATEMENT_TIMEOUT,
      hints,
    };
    return {
      module: SettingsModule,
      providers: [
        { provide: API_CONFIG, useValue: config },
        { provide: DATABASE_SETTINGS, useValue: database },
      ],
      exports: [API_CONFIG, DATABASE_SETTINGS],
    };
  }
}
