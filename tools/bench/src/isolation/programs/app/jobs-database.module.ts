import { Module, type ModuleMetadata } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { DatabaseModule } from '@libs/data-access';
import pg from 'pg';
import { readSettings } from '../program-settings';

/** The injection token of the data source that jobs use. */
export const JOBS_DATA_SOURCE = Symbol('JOBS_DATA_SOURCE');

const NAME = 'jobs';

/** The data source of the process, or one with a pool apart from it. */
@Module(moduleFor(readSettings().place === 'own-data-source'))
export class JobsDatabaseModule {}

function moduleFor(ownDataSource: boolean): ModuleMetadata {
  const { databaseUrl, pool } = readSettings();
  const own = TypeOrmModule.forRoot({
    name: NAME,
    type: 'postgres',
    driver: pg,
    url: databaseUrl,
    poolSize: pool,
    applicationName: 'isolation-jobs',
  });
  const source = getDataSourceToken(ownDataSource ? NAME : undefined);
  return {
    imports: [ownDataSource ? own : DatabaseModule],
    providers: [{ provide: JOBS_DATA_SOURCE, useExisting: source }],
    exports: [JOBS_DATA_SOURCE],
  };
}
