import { Module, type DynamicModule } from '@nestjs/common';
import { getRepositoryToken, TypeOrmModule } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { DatabaseModule } from '../connection/database.module';
import { RequestCount } from './request-count.entity';
import { RequestCounts, type RequestCountsSettings } from './request-counts';

/** {@link RequestCounts}, and their database. Deletes what is over. */
@Module({})
export class RequestCountsDataModule {
  static with(settings: RequestCountsSettings): DynamicModule {
    return {
      module: RequestCountsDataModule,
      imports: [DatabaseModule, TypeOrmModule.forFeature([RequestCount])],
      providers: [
        {
          provide: RequestCounts,
          inject: [getRepositoryToken(RequestCount)],
          useFactory: (counts: Repository<RequestCount>) => new RequestCounts(counts, settings),
        },
      ],
      exports: [RequestCounts],
    };
  }
}
