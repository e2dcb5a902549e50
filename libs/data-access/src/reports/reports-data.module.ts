import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatabaseModule } from '../connection/database.module';
import { Report } from './report.entity';

/** The repository of {@link Report}, and the database under it. */
@Module({
  imports: [DatabaseModule, TypeOrmModule.forFeature([Report])],
  exports: [TypeOrmModule],
})
export class ReportsDataModule {
  /** The same on a data source of its own. */
  static on(dataSource: string): DynamicModule {
    return DatabaseModule.named(dataSource, [Report]);
  }
}
