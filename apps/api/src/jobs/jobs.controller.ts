import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type JobSnapshot, JobsReader } from '@libs/queue';
import type { Response } from 'express';
import { ApiProblems } from '../docs/api-responses.decorator';
import { schemaRef } from '../docs/schema-registry';
import { sendEvents } from '../http/event-stream';
import { ProblemException } from '../http/problem.exception';
import { jobEvents, LAST_EVENT_ID } from './job-events';
import { type JobStatus, jobStatus, jobStatusSchema } from './job-status';

@ApiTags('jobs')
@Controller('jobs/:queue/:id')
export class JobsController {
  constructor(private readonly jobs: JobsReader) {}

  @Get()
  @ApiOperation({ summary: "Get a job's status" })
  @ApiResponse({
    status: 200,
    description: 'The current status.',
    content: { 'application/json': { schema: schemaRef('JobStatus', jobStatusSchema) } },
  })
  @ApiProblems(404, 503)
  async status(
    @Param('queue') queue: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobStatus> {
    response.setHeader('cache-control', 'no-store');
    return jobStatus(await this.find(queue, id));
  }

  @Get('events')
  @ApiOperation({ summary: "Stream a job's status until it finishes" })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'Sent by browsers that reconnect; the answer is 204 if they have seen the end.',
  })
  @ApiResponse({
    status: 200,
    description:
      'Server-sent events `state`, `progress` and finally `end`; the data of each is a JobStatus.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 204, description: 'The client has already seen the end.' })
  @ApiProblems(404, 503)
  async events(
    @Param('queue') queue: string,
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    if (lastEventId === LAST_EVENT_ID) {
      // To a browser's EventSource, this status alone means: do not reconnect.
      response.status(204).end();
      return;
    }
    // Before the first read, during which the client may disconnect.
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
    });
    await this.find(queue, id);
    if (gone.signal.aborted) return;
    await sendEvents(response, jobEvents(this.jobs.watch(queue, id, gone.signal)), gone.signal);
  }

  private async find(queue: string, id: string): Promise<JobSnapshot> {
    const known = this.jobs.known();
    if (!known.includes(queue)) {
      throw ProblemException.notFound(
        `There is no queue "${queue}". There are: ${known.join(', ')}.`,
      );
    }
    // Postgres rejects a string with NUL, also in a search.
    const job = id.includes('\0') ? undefined : await this.jobs.get(queue, id);
    if (job === undefined) {
      throw ProblemException.notFound(
        `There is no job "${id}" in the queue "${queue}". Completed jobs are removed after some time.`,
      );
    }
    return job;
  }
}
