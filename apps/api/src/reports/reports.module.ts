import { Module } from '@nestjs/common';
import { ReportsDataModule } from '@libs/data-access/reports';
import { reportJob } from '@libs/jobs/report';
import { QueueModule } from '@libs/queue';
import { JobsModule } from '../jobs/jobs.module';
import { ReportsController } from './reports.controller';
import { ReportsService } from './reports.service';

@Module({
  imports: [ReportsDataModule, QueueModule.forFeature(reportJob), JobsModule],
  controllers: [ReportsController],
  providers: [ReportsService],
})
export class ReportsModule {}
