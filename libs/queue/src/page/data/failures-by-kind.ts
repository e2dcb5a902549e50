import { Injectable } from '@nestjs/common';
import type { DeadJob } from '../../dead/dead-job';
import { DeadJobs } from '../../dead/dead-jobs';
import { JobNotDeadError, RedriveRefusedError } from '../../dead/dead-jobs.errors';
import type { FailureGroup, Failures } from '../page-data';
import { shorten } from './job-row';

/** Dead jobs that are read to group them, and to redrive those of one kind. */
const READ = { toGroup: 500, toRedrive: 10_000 };

const PAGE = 100;

/** How many jobs are redriven at the same time. */
const AT_ONCE = 10;

export interface KindRedriven {
  readonly redriven: number;
  readonly refused: number;
  /** Why the first of them was refused. */
  readonly reason: string | undefined;
}

/** Dead jobs by why they failed. */
@Injectable()
export class FailuresByKind {
  constructor(private readonly dead: DeadJobs) {}

  /** @throws UnknownQueueError */
  async groups(queue: string): Promise<Failures> {
    const { jobs, total } = await this.read(queue, READ.toGroup);
    const groups = new Map<string, FailureGroup>();
    for (const { id, failure, failedAt } of jobs) {
      const kind = kindOf(failure);
      const known = groups.get(kind);
      groups.set(
        kind,
        known === undefined
          ? // The latest comes first.
            { kind, example: failure, exampleId: id, jobs: 1, latest: failedAt.getTime() }
          : { ...known, jobs: known.jobs + 1 },
      );
    }
    const sorted = [...groups.values()].sort((a, b) => b.jobs - a.jobs || b.latest - a.latest);
    return { groups: sorted, read: jobs.length, total };
  }

  /**
   * Redrives the dead jobs of a kind, each once. Those that are redriven or removed meanwhile are ignored.
   *
   * @throws UnknownQueueError
   */
  async redrive(queue: string, kind: string): Promise<KindRedriven> {
    const { jobs } = await this.read(queue, READ.toRedrive);
    const chosen = jobs.filter(({ failure }) => kindOf(failure) === kind);
    const reasons: string[] = [];
    let redriven = 0;
    // The first one to die is the first to run again.
    for (let rest = chosen.reverse(); rest.length > 0; rest = rest.slice(AT_ONCE)) {
      const outcomes = await Promise.allSettled(
        rest.slice(0, AT_ONCE).map(({ id }) => this.dead.redrive(queue, id)),
      );
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') redriven += 1;
        else if (outcome.reason instanceof RedriveRefusedError)
          reasons.push(outcome.reason.message);
        else if (!(outcome.reason instanceof JobNotDeadError)) throw outcome.reason;
      }
    }
    return { redriven, refused: reasons.length, reason: reasons[0] };
  }

  private async read(queue: string, most: number): Promise<{ jobs: DeadJob[]; total: number }> {
    const found = new Map<string, DeadJob>();
    for (let cursor: string | undefined; ;) {
      const page = await this.dead.list({ queue, limit: PAGE, cursor });
      for (const job of page.jobs) found.set(job.id, job);
      cursor = page.cursor;
      if (cursor === undefined || found.size >= most) {
        return { jobs: [...found.values()], total: Math.max(page.total, found.size) };
      }
    }
  }
}

/** The first line of a failure without what differs from job to job: ids and numbers. */
export function kindOf(failure: string): string {
  const [line = ''] = failure.trim().split('\n', 1);
  return shorten(
    line
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '…')
      .replaceAll(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '…')
      .replaceAll(/\d+/g, '…'),
    300,
  );
}
