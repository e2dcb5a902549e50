import { HttpCode, Logger, Param, Post, Query, Req } from '@nestjs/common';
import { QueueAdmin } from '../admin/queue-admin';
import type { CancelOutcome } from '../cancel/cancel-outcome';
import { JobCancellation } from '../cancel/job-cancellation';
import { DeadJobs } from '../dead/dead-jobs';
import { Schedules } from '../schedules/schedules';
import { addressOf, type PageRequest } from './access/page-request';
import { PageRoute } from './access/page.guard';
import { FailuresByKind } from './data/failures-by-kind';
import { Overviews } from './data/overviews';
import { PageController } from './page-controller.decorator';
import type { ActionReport } from './page-data';

/** What a visitor can change. Each is a line of the log: who, from where, what, and what came of it. */
@PageController('actions/:queue')
export class PageActionsController {
  private readonly logger = new Logger('Audit');

  constructor(
    private readonly admin: QueueAdmin,
    private readonly dead: DeadJobs,
    private readonly failures: FailuresByKind,
    private readonly cancellation: JobCancellation,
    private readonly schedules: Schedules,
    private readonly overviews: Overviews,
  ) {}

  @Post('pause')
  @HttpCode(200)
  @PageRoute('changes')
  pause(@Req() request: PageRequest, @Param('queue') queue: string): Promise<ActionReport> {
    return this.audited(request, `pause the queue "${queue}"`, async (by) => {
      await this.admin.pause(queue, { by });
      return { message: `The queue "${queue}" is paused. Running jobs finish.` };
    });
  }

  @Post('resume')
  @HttpCode(200)
  @PageRoute('changes')
  resume(@Req() request: PageRequest, @Param('queue') queue: string): Promise<ActionReport> {
    return this.audited(request, `resume the queue "${queue}"`, async (by) => {
      await this.admin.resume(queue, { by });
      return { message: `The queue "${queue}" is resumed.` };
    });
  }

  @Post('redrive')
  @HttpCode(200)
  @PageRoute('changes')
  redrive(
    @Req() request: PageRequest,
    @Param('queue') queue: string,
    @Query('id') id = '',
  ): Promise<ActionReport> {
    return this.audited(request, `retry the job ${queue}/${id}`, async () => {
      await this.dead.redrive(queue, id);
      return { message: `The job ${id} waits again, with all its attempts.` };
    });
  }

  @Post('redrive-kind')
  @HttpCode(200)
  @PageRoute('changes')
  redriveKind(
    @Req() request: PageRequest,
    @Param('queue') queue: string,
    @Query('kind') kind = '',
  ): Promise<ActionReport> {
    const what = `retry all jobs of "${queue}" that failed with ${JSON.stringify(kind)}`;
    return this.audited(request, what, async () => {
      const { redriven, refused, reason } = await this.failures.redrive(queue, kind);
      const jobs = redriven === 1 ? '1 job waits' : `${redriven} jobs wait`;
      const others = refused === 0 ? '' : ` ${refused} refused: ${reason ?? ''}`;
      return { message: `${jobs} again.${others}` };
    });
  }

  @Post('cancel')
  @HttpCode(200)
  @PageRoute('changes')
  cancel(
    @Req() request: PageRequest,
    @Param('queue') queue: string,
    @Query('id') id = '',
  ): Promise<ActionReport> {
    return this.audited(request, `cancel the job ${queue}/${id}`, async (by) => {
      const reason = `Cancelled by ${by} on the page of queues.`;
      const outcome = await this.cancellation.cancel(queue, id, { reason });
      return { message: `The job ${id} ${describe(outcome)}` };
    });
  }

  @Post('run')
  @HttpCode(200)
  @PageRoute('changes')
  run(
    @Req() request: PageRequest,
    @Param('queue') queue: string,
    @Query('schedule') schedule = '',
  ): Promise<ActionReport> {
    return this.audited(request, `run the schedule ${queue}/${schedule} now`, async () => {
      const { id } = await this.schedules.run(queue, schedule);
      return { message: `The schedule runs now, as the job ${id}.`, job: { queue, id } };
    });
  }

  private async audited(
    request: PageRequest,
    what: string,
    run: (by: string) => Promise<ActionReport>,
  ): Promise<ActionReport> {
    const by = request.visitor?.name ?? 'unknown';
    const who = `${JSON.stringify(by)} from ${addressOf(request)}`;
    try {
      const report = await run(by);
      this.logger.log(`${who}: ${what}: ${report.message}`);
      return report;
    } catch (error) {
      this.logger.warn(
        `${who}: ${what}: ${error instanceof Error ? error.message : String(error)}`,
      );
      throw error;
    } finally {
      this.overviews.forget();
    }
  }
}

function describe(outcome: CancelOutcome): string {
  switch (outcome) {
    case 'cancelled':
      return 'is cancelled.';
    case 'cancelling':
      return 'is being cancelled: it still runs.';
    case 'not-found':
      return 'does not exist.';
    case 'removed':
      return 'ended and was removed meanwhile.';
    default:
      return `could not be cancelled: it has ${outcome}.`;
  }
}
