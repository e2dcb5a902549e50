import { Module } from '@nestjs/common';
import { ReportsDataModule } from '@libs/data-access/reports';
import { reportJob } from '@libs/jobs/report';
import { QueueModule } from '@libs/queue';
import { EnqueueModule } from '../enqueue/enqueue.module';
import { ReportsController } from './reports.controller';
import { ReportsService } from './reports.service';

@Module({
  imports: [ReportsDataModule, QueueModule.forFeature(reportJob), EnqueueModule],
  controllers: [ReportsController],
  providers: [ReportsService],
})
export class ReportsModule {}
