import { BadRequestException, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { FailuresByKind } from './data/failures-by-kind';
import { JobLists, type JobListQuery } from './data/job-lists';
import { JobViews } from './data/job-views';
import { Overviews } from './data/overviews';
import { SharedAnswers } from './data/shared-answer';
import { PageController } from './page-controller.decorator';
import {
  type Failures,
  type JobList,
  type JobView,
  LISTED_STATES,
  type Overview,
} from './page-data';

/** In milliseconds: how old an answer may be, so that many open pages ask the store once. */
const MAX_AGE = { lists: 1_500, failures: 5_000 };

type QueryText = string | readonly string[] | undefined;

@PageController('data')
export class PageDataController {
  private readonly listed = new SharedAnswers<JobList>(MAX_AGE.lists);
  private readonly grouped = new SharedAnswers<Failures>(MAX_AGE.failures);

  constructor(
    private readonly overviews: Overviews,
    private readonly lists: JobLists,
    private readonly failures: FailuresByKind,
    private readonly views: JobViews,
  ) {}

  @Get('overview')
  overview(): Promise<Overview> {
    return this.overviews.get();
  }

  @Get('queues/:queue/jobs')
  jobs(@Param('queue') queue: string, @Query() query: Record<string, QueryText>): Promise<JobList> {
    const state = LISTED_STATES.find((each) => each === query['state']);
    if (state === undefined) {
      throw new BadRequestException(`Use a state: ${LISTED_STATES.join(', ')}.`);
    }
    const wanted: JobListQuery = {
      queue,
      state,
      text: text(query['text']),
      from: time(query['from']),
      to: time(query['to']),
      after: text(query['after']),
    };
    return this.listed.get(JSON.stringify(wanted), () => this.lists.list(wanted));
  }

  @Get('queues/:queue/failures')
  kinds(@Param('queue') queue: string): Promise<Failures> {
    return this.grouped.get(queue, () => this.failures.groups(queue));
  }

  @Get('queues/:queue/job')
  async job(@Param('queue') queue: string, @Query('id') id: QueryText): Promise<JobView> {
    const found = await this.views.get(queue, text(id) ?? '');
    if (found === undefined) {
      throw new NotFoundException(`There is no job "${String(id)}" in the queue "${queue}".`);
    }
    return found;
  }

  @Get('find')
  async find(@Query('id') id: QueryText) {
    return { jobs: await this.views.find(text(id) ?? '') };
  }
}

/** One value; Postgres refuses strings that contain NUL. */
function text(value: QueryText): string | undefined {
  return typeof value === 'string' ? value.replaceAll('\0', '') : undefined;
}

function time(value: QueryText): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : NaN;
  return Number.isFinite(number) ? number : undefined;
}
