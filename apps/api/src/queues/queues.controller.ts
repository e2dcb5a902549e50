import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Ip,
  Param,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import { ApiBody, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { QueueAdmin, type QueueStatus } from '@libs/queue';
import type * as z from 'zod';
import { ApiProblems } from '../docs/api-responses.decorator';
import { schemaRef } from '../docs/schema-registry';
import { ZodPipe } from '../http/zod.pipe';
import { ForOperators } from '../operator/for-operators.decorator';
import {
  type ConcurrencyDto,
  concurrencySchema,
  type DrainQuery,
  drainQuerySchema,
  type DrainReportDto,
  drainReportSchema,
  type QueuesDto,
  queuesSchema,
  queueStatusDto,
  type QueueStatusDto,
  queueStatusSchema,
} from './queue.dto';
import { lossProblem } from './queue.problem';

const json = (name: string, schema: z.ZodType) => ({
  'application/json': { schema: schemaRef(name, schema) },
});

const flag = (name: string, description: string) =>
  ApiQuery({
    name,
    required: false,
    schema: { type: 'boolean', default: false },
    description,
  });

/** The queues, for operators. What they set counts for every worker. */
@ApiTags('queues')
@ForOperators()
@Controller('queues')
export class QueuesController {
  constructor(private readonly admin: QueueAdmin) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Show what the queues hold' })
  @ApiResponse({ status: 200, description: 'All queues.', content: json('Queues', queuesSchema) })
  @ApiProblems(401, 403, 503)
  async list(): Promise<QueuesDto> {
    return { queues: (await this.admin.status()).map(queueStatusDto) };
  }

  @Get(':queue')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Show what a queue holds' })
  @ApiResponse({
    status: 200,
    description: 'The queue.',
    content: json('QueueStatus', queueStatusSchema),
  })
  @ApiProblems(401, 403, 404, 503)
  async get(@Param('queue') queue: string): Promise<QueueStatusDto> {
    return queueStatusDto(await this.status(queue));
  }

  @Post(':queue/pause')
  @HttpCode(204)
  @ApiOperation({ summary: 'Pause a queue' })
  @ApiResponse({
    status: 204,
    description:
      'Running jobs finish, and no worker starts another one until the queue is resumed.',
  })
  @ApiProblems(401, 403, 404, 429, 503)
  pause(@Param('queue') queue: string, @Ip() ip: string): Promise<void> {
    return this.admin.pause(queue, { by: ip });
  }

  @Post(':queue/resume')
  @HttpCode(204)
  @ApiOperation({ summary: 'Resume a paused queue' })
  @ApiResponse({ status: 204, description: 'Workers start the jobs of the queue again.' })
  @ApiProblems(401, 403, 404, 429, 503)
  resume(@Param('queue') queue: string, @Ip() ip: string): Promise<void> {
    return this.admin.resume(queue, { by: ip });
  }

  @Post(':queue/drain')
  @HttpCode(200)
  @ApiOperation({ summary: 'Remove the jobs that wait in a queue, permanently' })
  @flag('force', 'Remove them. Without it, the answer says what would be lost.')
  @flag('delayed', 'Also jobs that wait for their time, those that wait for a retry among them.')
  @ApiResponse({
    status: 200,
    description:
      'How many jobs were removed. Running and finished jobs and those of schedules stay.',
    content: json('DrainReport', drainReportSchema),
  })
  @ApiProblems(400, 401, 403, 404, 409, 429, 503)
  async drain(
    @Param('queue') queue: string,
    @Query(new ZodPipe(drainQuerySchema)) { force, delayed }: DrainQuery,
    @Ip() ip: string,
  ): Promise<DrainReportDto> {
    if (!force) {
      const status = await this.status(queue);
      const lost = status.waiting + status.due + (delayed ? status.delayed : 0);
      if (lost > 0) throw lossProblem(status, delayed);
      return { removed: 0 };
    }
    return { removed: await this.admin.drain(queue, { delayed, by: ip }) };
  }

  @Put(':queue/concurrency')
  @HttpCode(204)
  @ApiOperation({ summary: 'Limit how many jobs of a queue run at the same time' })
  @ApiBody({ schema: schemaRef('QueueConcurrency', concurrencySchema) })
  @ApiResponse({
    status: 204,
    description: 'The limit counts for all processes together. Running jobs finish.',
  })
  @ApiProblems(400, 401, 403, 404, 429, 503)
  setConcurrency(
    @Param('queue') queue: string,
    @Body(new ZodPipe(concurrencySchema)) { concurrency }: ConcurrencyDto,
    @Ip() ip: string,
  ): Promise<void> {
    return this.admin.setConcurrency(queue, concurrency ?? undefined, { by: ip });
  }

  private async status(queue: string): Promise<QueueStatus> {
    const [status] = await this.admin.status([queue]);
    if (status === undefined) throw new Error(`There is no status of the queue "${queue}".`);
    return status;
  }
}
