import { Injectable } from '@nestjs/common';
import type { Job, JobType } from 'bullmq';
import { isCancelled } from '../../attempt/job-cancelled.error';
import { isParked } from '../../bullmq/key-limits';
import { Queues } from '../../queues/queues';
import type { JobList, JobRow, ListedState } from '../page-data';
import { jobRow, textOfData } from './job-row';

export interface JobListQuery {
  readonly queue: string;
  readonly state: ListedState;
  /** A part of the id, the data or the failure, in any case. */
  readonly text?: string;
  /** In milliseconds since 1970: since and until when they finished or, if they have not, were added. */
  readonly from?: number;
  readonly to?: number;
  /** The `next` of the list before. */
  readonly after?: string;
}

/** Jobs in a list. */
const LISTED = 25;

/** Jobs that one list reads at most: each is read with its data. */
const READ = 500;

const CHUNK = 50;

/** Where jobs of a state are: BullMQ's names, in the order in which they are read. */
interface Listing {
  readonly types: readonly JobType[];
  readonly isListed: (job: Job, type: JobType) => boolean;
}

const all = () => true;

const LISTINGS: Record<ListedState, Listing> = {
  failed: { types: ['failed'], isListed: ({ failedReason }) => !isCancelled(failedReason) },
  cancelled: { types: ['failed'], isListed: ({ failedReason }) => isCancelled(failedReason) },
  running: { types: ['active'], isListed: all },
  // BullMQ lists waiting jobs with a priority apart, and those that wait for room in their key.
  waiting: {
    types: ['waiting', 'prioritized', 'delayed'],
    isListed: (job, type) => type !== 'delayed' || isParked(job),
  },
  delayed: { types: ['delayed'], isListed: (job) => !isParked(job) },
  'waiting-children': { types: ['waiting-children'], isListed: all },
  completed: { types: ['completed'], isListed: all },
};

/** Whose first job is the next one to run. Of the others the latest comes first: BullMQ pages them in no other order. */
const NEXT_COMES_FIRST: readonly JobType[] = ['prioritized', 'delayed'];

/** Lists and searches jobs. */
@Injectable()
export class JobLists {
  constructor(private readonly queues: Queues) {}

  /** @throws UnknownQueueError */
  async list(query: JobListQuery): Promise<JobList> {
    const queue = this.queues.get(query.queue);
    const contract = this.queues.contract(query.queue);
    const { types, isListed } = LISTINGS[query.state];
    let [type, offset] = parseAfter(query.after);
    const jobs = new Map<string, JobRow>();
    let searched = 0;
    while (type < types.length) {
      const current = types[type];
      if (current === undefined) break;
      const asc = NEXT_COMES_FIRST.includes(current);
      const read = await queue.getJobs([current], offset, offset + CHUNK - 1, asc);
      for (const [index, job] of read.entries()) {
        searched += 1;
        if (!isListed(job, current) || !isInTime(job, query)) continue;
        // Searched as it is shown: what is redacted cannot be guessed by searching for it.
        const row = jobRow(queue.name, job, contract);
        if (!hasText([row.id, row.failure ?? '', textOfData(job, contract)], query.text)) continue;
        jobs.set(row.id, query.state === 'completed' ? { ...row, failure: null } : row);
        if (jobs.size === LISTED) {
          return { jobs: [...jobs.values()], searched, next: `${type}.${offset + index + 1}` };
        }
      }
      if (read.length < CHUNK) [type, offset] = [type + 1, 0];
      else offset += read.length;
      if (searched >= READ && type < types.length) {
        return { jobs: [...jobs.values()], searched, next: `${type}.${offset}` };
      }
    }
    return { jobs: [...jobs.values()], searched, next: null };
  }
}

function parseAfter(after: string | undefined): [type: number, offset: number] {
  const [, type = '0', offset = '0'] = /^(\d{1,2})\.(\d{1,9})$/.exec(after ?? '') ?? [];
  return [Number(type), Number(offset)];
}

function isInTime(job: Job, { from = -Infinity, to = Infinity }: JobListQuery): boolean {
  const at = job.finishedOn ?? job.timestamp;
  return at >= from && at <= to;
}

function hasText(texts: readonly string[], text = ''): boolean {
  const wanted = text.trim().toLowerCase();
  return wanted === '' || texts.some((each) => each.toLowerCase().includes(wanted));
}
