import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiAccepted, ApiJsonBody, ApiProblems } from '../docs/api-responses.decorator';
import { Consumes } from '../http/consumes.decorator';
import { isUuid } from '../http/is-uuid';
import { ProblemException } from '../http/problem.exception';
import { ZodPipe } from '../http/zod.pipe';
import { Idempotent } from '../idempotency/idempotent.decorator';
import { acceptedJob } from '../enqueue/accepted-job';
import {
  type AcceptedReport,
  acceptedReportSchema,
  type CreateReport,
  createReportSchema,
} from './reports.dto';
import { ReportsService } from './reports.service';

@ApiTags('reports')
@Controller('reports')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Post()
  @Consumes('application/json')
  @Idempotent()
  @ApiOperation({ summary: 'Count notifications and images per day' })
  @ApiJsonBody('CreateReport', createReportSchema)
  @ApiAccepted('AcceptedReport', acceptedReportSchema)
  @ApiProblems(400, 413, 415, 429, 503)
  async create(
    @Body(new ZodPipe(createReportSchema)) period: CreateReport,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AcceptedReport> {
    const accepted = acceptedJob(await this.reports.request(period));
    response.location(accepted.job);
    return { ...accepted, report: `/reports/${accepted.id}.csv` };
  }

  @Get(':id.csv')
  @ApiOperation({ summary: 'Get a report as CSV' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({
    status: 200,
    description: 'A header line, then one line per day.',
    content: { 'text/csv': { schema: { type: 'string' } } },
  })
  @ApiProblems(404, 503)
  async csv(@Param('id') id: string, @Res() response: Response): Promise<void> {
    if (!isUuid(id)) throw ProblemException.notFound(`There is no report ${id}.`);
    const { from, to, csv } = await this.reports.finished(id);
    response
      .type('text/csv')
      .set('content-disposition', `attachment; filename="report-${from}-${to}.csv"`)
      .set('cache-control', 'private, max-age=31536000, immutable')
      .send(csv);
  }
}
