import { Module } from '@nestjs/common';
import { OperatorGuard } from '../operator/operator.guard';
import { CancelJobController } from './cancel-job.controller';
import { CANCEL_GUARD } from './cancel.guard';
import { JobsController } from './jobs.controller';

/**
 * Shows the jobs of every queue that the api adds to, and cancels them; the queue module provides what reads and cancels.
 */
@Module({
  controllers: [JobsController, CancelJobController],
  providers: [{ provide: CANCEL_GUARD, useClass: OperatorGuard }],
})
export class JobsModule {}
