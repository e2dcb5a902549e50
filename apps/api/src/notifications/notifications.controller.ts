import { Body, Controller, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiAccepted, ApiJsonBody, ApiProblems } from '../docs/api-responses.decorator';
import { Consumes } from '../http/consumes.decorator';
import { ZodPipe } from '../http/zod.pipe';
import { Idempotent } from '../idempotency/idempotent.decorator';
import { type AcceptedJob, acceptedJob, acceptedJobSchema } from '../enqueue/accepted-job';
import { type CreateNotification, createNotificationSchema } from './notifications.dto';
import { NotificationsService } from './notifications.service';

@ApiTags('notifications')
@Controller('notifications')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @Post()
  @Consumes('application/json')
  @Idempotent()
  @ApiOperation({ summary: 'Send a mail' })
  @ApiJsonBody('CreateNotification', createNotificationSchema)
  @ApiAccepted('AcceptedJob', acceptedJobSchema)
  @ApiProblems(400, 413, 415, 429, 503)
  async create(
    @Body(new ZodPipe(createNotificationSchema)) mail: CreateNotification,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AcceptedJob> {
    const accepted = acceptedJob(await this.notifications.send(mail));
    response.location(accepted.job);
    return accepted;
  }
}
