import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatabaseModule } from '../connection/database.module';
import { Report } from './report.entity';

/** The repository of {@link Report}, and its database. */
@Module({
  imports: [DatabaseModule, TypeOrmModule.forFeature([Report])],
  exports: [TypeOrmModule],
})
export class ReportsDataModule {
  /** The same on a separate data source. */
  static on(dataSource: string): DynamicModule {
    return DatabaseModule.named(dataSource, [Report]);
  }
}
