import { Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DeadJobs, type RedriveReport } from '@libs/queue';
import type * as z from 'zod';
import { ApiProblems } from '../docs/api-responses.decorator';
import { schemaRef } from '../docs/schema-registry';
import { ZodPipe } from '../http/zod.pipe';
import {
  deadJobDetailsDto,
  deadJobDetailsSchema,
  deadJobsPageDto,
  deadJobsPageSchema,
  deadJobsQuerySchema,
  redriveQuerySchema,
  redriveReportSchema,
  type DeadJobDetailsDto,
  type DeadJobsPageDto,
} from './dead-job.dto';
import { ForOperators } from '../operator/for-operators.decorator';

type RedriveQuery = z.output<typeof redriveQuerySchema>;

const FORCE = {
  name: 'force',
  required: false,
  schema: { type: 'boolean' as const, default: false },
  description: 'Redrive even if the current contract rejects the data.',
};

const json = (name: string, schema: z.ZodType) => ({
  'application/json': { schema: schemaRef(name, schema) },
});

/** The jobs that failed permanently, for operators. */
@ApiTags('dead jobs')
@ForOperators()
@Controller('dead-jobs')
export class DeadJobsController {
  constructor(private readonly dead: DeadJobs) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'List the jobs that failed permanently, latest first' })
  @ApiQuery({ name: 'queue', required: false, schema: { type: 'string' } })
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
  })
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' } })
  @ApiQuery({
    name: 'cancelled',
    required: false,
    schema: { type: 'boolean', default: false },
    description: 'List the jobs that were cancelled, in place of the dead ones.',
  })
  @ApiResponse({
    status: 200,
    description: 'A page of dead jobs.',
    content: json('DeadJobsPage', deadJobsPageSchema),
  })
  @ApiProblems(400, 401, 403, 404, 503)
  async list(
    @Query(new ZodPipe(deadJobsQuerySchema)) query: z.output<typeof deadJobsQuerySchema>,
  ): Promise<DeadJobsPageDto> {
    return deadJobsPageDto(await this.dead.list(query));
  }

  @Get(':queue/:id')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Get a dead job with its data, stack trace, attempts and log' })
  @ApiResponse({
    status: 200,
    description: 'The dead job.',
    content: json('DeadJobDetails', deadJobDetailsSchema),
  })
  @ApiProblems(401, 403, 404, 409, 503)
  async get(@Param('queue') queue: string, @Param('id') id: string): Promise<DeadJobDetailsDto> {
    const job = await this.dead.get(queue, id);
    return deadJobDetailsDto(job, await this.dead.log(queue, id));
  }

  @Post(':queue/:id/redrive')
  @HttpCode(204)
  @ApiOperation({ summary: 'Redrive a dead job' })
  @ApiQuery(FORCE)
  @ApiResponse({ status: 204, description: 'The job is queued again with all attempts restored.' })
  @ApiProblems(400, 401, 403, 404, 409, 429, 503)
  redrive(
    @Param('queue') queue: string,
    @Param('id') id: string,
    @Query(new ZodPipe(redriveQuerySchema)) options: RedriveQuery,
  ): Promise<void> {
    return this.dead.redrive(queue, id, options);
  }

  @Post(':queue/redrive')
  @HttpCode(200)
  @ApiOperation({ summary: 'Redrive every dead job of a queue' })
  @ApiQuery(FORCE)
  @ApiResponse({
    status: 200,
    description: 'How many were redriven, and which were refused. Safe to repeat after a failure.',
    content: json('RedriveReport', redriveReportSchema),
  })
  @ApiProblems(400, 401, 403, 404, 429, 503)
  redriveAll(
    @Param('queue') queue: string,
    @Query(new ZodPipe(redriveQuerySchema)) options: RedriveQuery,
  ): Promise<RedriveReport> {
    return this.dead.redriveAll(queue, options);
  }
}
