import { Controller, Get, Header, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Schedules } from '@libs/queue';
import type { Response } from 'express';
import type * as z from 'zod';
import { ApiAccepted, ApiProblems } from '../docs/api-responses.decorator';
import { schemaRef } from '../docs/schema-registry';
import { type AcceptedJob, acceptedJob, acceptedJobSchema } from '../enqueue/accepted-job';
import { ZodPipe } from '../http/zod.pipe';
import { ForOperators } from '../operator/for-operators.decorator';
import {
  scheduleDto,
  type SchedulesDto,
  schedulesQuerySchema,
  schedulesSchema,
} from './schedule.dto';

/** The schedules of jobs, for operators. */
@ApiTags('schedules')
@ForOperators()
@Controller('schedules')
export class SchedulesController {
  constructor(private readonly schedules: Schedules) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List schedules with their next and last runs' })
  @ApiQuery({ name: 'queue', required: false, schema: { type: 'string' } })
  @ApiResponse({
    status: 200,
    description: 'The schedules of every job that the api adds.',
    content: { 'application/json': { schema: schemaRef('Schedules', schedulesSchema) } },
  })
  @ApiProblems(400, 401, 403, 404, 503)
  async list(
    @Query(new ZodPipe(schedulesQuerySchema)) query: z.output<typeof schedulesQuerySchema>,
  ): Promise<SchedulesDto> {
    return { schedules: (await this.schedules.list(query)).map(scheduleDto) };
  }

  @Post(':queue/:name/run')
  @ApiOperation({ summary: 'Run a schedule now, beside its times' })
  @ApiAccepted('AcceptedJob', acceptedJobSchema)
  @ApiProblems(401, 403, 404, 429, 503)
  async run(
    @Param('queue') queue: string,
    @Param('name') name: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AcceptedJob> {
    const accepted = acceptedJob(await this.schedules.run(queue, name));
    response.location(accepted.job);
    return accepted;
  }
}
