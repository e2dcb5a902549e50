import { Controller, Delete, Param, Query, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { JobCancellation, UnknownQueueError } from '@libs/queue';
import type { Response } from 'express';
import type * as z from 'zod';
import { ApiProblems } from '../docs/api-responses.decorator';
import { schemaRef } from '../docs/schema-registry';
import { problemDetails } from '../http/problem-details';
import { ProblemException } from '../http/problem.exception';
import { ZodPipe } from '../http/zod.pipe';
import { AuditInterceptor } from '../operator/audit.interceptor';
import { CancelGuard } from './cancel.guard';
import { type CancelledJob, cancelledJobSchema, cancelQuerySchema } from './cancel-job.dto';

const content = {
  'application/json': { schema: schemaRef('CancelledJob', cancelledJobSchema) },
};

/** Cancels jobs; {@link CancelGuard} says who may. */
@ApiTags('jobs')
@Controller('jobs/:queue/:id')
export class CancelJobController {
  constructor(private readonly cancellation: JobCancellation) {}

  @Delete()
  @ApiBearerAuth()
  @UseGuards(CancelGuard)
  @UseInterceptors(AuditInterceptor)
  @ApiOperation({
    summary: 'Cancel a job',
    description:
      'A job that does not run never runs. One that runs gets its abort signal within a second, in whatever process.',
  })
  @ApiQuery({
    name: 'reason',
    required: false,
    schema: { type: 'string', maxLength: 500 },
    description: 'Why; kept with the job.',
  })
  @ApiQuery({
    name: 'wait',
    required: false,
    schema: { type: 'integer', minimum: 0, maximum: 30_000, default: 5_000 },
    description: 'How long to wait for the end of a job that runs, in milliseconds.',
  })
  @ApiResponse({ status: 200, description: 'The job is cancelled.', content })
  @ApiResponse({ status: 202, description: 'The job still runs, and is going to end.', content })
  @ApiProblems(400, 401, 403, 404, 409, 429, 503)
  async cancel(
    @Param('queue') queue: string,
    @Param('id') id: string,
    @Query(new ZodPipe(cancelQuerySchema)) options: z.output<typeof cancelQuerySchema>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CancelledJob> {
    const outcome = await this.cancellation.cancel(queue, id, options).catch((error: unknown) => {
      throw error instanceof UnknownQueueError ? ProblemException.notFound(error.message) : error;
    });
    switch (outcome) {
      case 'cancelled':
        return { outcome };
      case 'cancelling':
        response.status(202);
        return { outcome };
      case 'completed':
      case 'failed':
        throw new ProblemException(
          problemDetails(409, `The job has ${outcome}: nothing was cancelled.`),
        );
      case 'removed':
        throw new ProblemException(
          problemDetails(409, 'The job was removed when it ended; how it ended is not kept.'),
        );
      case 'not-found':
        throw ProblemException.notFound(`There is no job "${id}" in the queue "${queue}".`);
    }
  }
}
