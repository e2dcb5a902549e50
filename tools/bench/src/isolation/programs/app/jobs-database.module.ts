import { Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { DatabaseModule } from '@libs/data-access';
import { readSettings } from '../program-settings';
import { JOBS } from './platform';

/** Injects the data source that jobs use. */
export const JOBS_DATA_SOURCE = Symbol('JOBS_DATA_SOURCE');

const isApart = readSettings().place === 'own-data-source';

/** The data source of the process, or one with a pool of its own. */
@Module({
  imports: [isApart ? DatabaseModule.named(JOBS) : DatabaseModule],
  providers: [
    { provide: JOBS_DATA_SOURCE, useExisting: getDataSourceToken(isApart ? JOBS : undefined) },
  ],
  exports: [JOBS_DATA_SOURCE],
})
export class JobsDatabaseModule {}
