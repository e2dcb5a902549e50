import type { JobProducer, JobReference, TransactionOptions } from '@libs/queue';
import type { chaosJob } from '../chaos.job';
import type { flowJob } from '../flow.job';
import type { slotJob } from '../slot.job';
import type { JobPlan } from './job-plan';

export interface Producers {
  readonly plain: JobProducer<typeof chaosJob>;
  readonly slot: JobProducer<typeof slotJob>;
  readonly flow: JobProducer<typeof flowJob>;
}

/** A job of a plan, with what the ledger has to know of it. */
export interface PlannedRow {
  readonly id: string;
  /** The job that waits for it. */
  readonly parent: string | undefined;
  /** Whether that one fails with it. */
  readonly isNeeded: boolean;
}

/** The jobs that a plan adds under these ids, with the children of each. */
export function rowsOf(plan: JobPlan, ids: readonly string[]): PlannedRow[] {
  return ids.flatMap((id) => [
    { id, parent: undefined, isNeeded: false },
    ...(['needed', 'welcome'] as const).flatMap((group) =>
      plan.kind === 'flow'
        ? plan[group].map((_, place) => ({
            id: childId(id, group, place),
            parent: id,
            isNeeded: group === 'needed',
          }))
        : [],
    ),
  ]);
}

/** Adds the jobs of a plan, with their children. */
export async function addPlanned(
  producers: Producers,
  plan: JobPlan,
  ids: readonly string[],
  options: TransactionOptions,
): Promise<JobReference[]> {
  switch (plan.kind) {
    case 'flow':
      return Promise.all(ids.map((id) => addFlow(producers.flow, plan, id, options)));
    case 'slot':
      return addSlots(producers.slot, plan, ids, options);
    case 'plain':
      return addPlain(producers.plain, plan, ids, options);
  }
}

/** The job that a plan cancels: its queue is that of a child, or of the job itself. */
export function cancelledBy(plan: JobPlan, id: string): { queue: string; id: string } | undefined {
  switch (plan.cancel) {
    case undefined:
      return undefined;
    case 'job':
      return { queue: plan.kind === 'plain' ? 'chaos' : plan.kind, id };
    default:
      return { queue: 'part', id: childId(id, plan.cancel, 0) };
  }
}

async function addPlain(
  producer: Producers['plain'],
  plan: JobPlan,
  ids: readonly string[],
  options: TransactionOptions,
): Promise<JobReference[]> {
  // By default, the store would choose a new id the second time.
  const isNamed = plan.again || plan.data.key !== undefined || plan.cancel !== undefined;
  const jobs = ids.map((id) => ({
    data: { id, ...plan.data },
    options: { ...plan.options, ...(isNamed ? { jobId: id } : {}) },
  }));
  const [only] = jobs;
  if (jobs.length === 1 && only) {
    return [await producer.add(only.data, { ...only.options, ...options })];
  }
  return producer.addBulk(jobs, options);
}

/** Two jobs of a plan have to meet. */
function addSlots(
  producer: Producers['slot'],
  { data: { work, failFirst }, tenant, options: own }: JobPlan,
  ids: readonly string[],
  options: TransactionOptions,
): Promise<JobReference[]> {
  const jobs = ids.map((id) => {
    const meets = ids.find((other) => other !== id);
    return {
      data: { id, work, failFirst, tenant, ...(meets === undefined ? {} : { meets }) },
      options: { ...own, jobId: id },
    };
  });
  return producer.addBulk(jobs, options);
}

function addFlow(
  producer: Producers['flow'],
  { data: { work }, needed, welcome, options: own }: JobPlan,
  id: string,
  options: TransactionOptions,
): Promise<JobReference> {
  const children = (group: 'needed' | 'welcome', all: readonly boolean[]) =>
    all.map((dies, place) => ({
      data: { id: childId(id, group, place), work, dies },
      options: own,
    }));
  return producer.add(
    { id, needed: needed.length, welcome: welcome.length },
    {
      jobId: id,
      children: { needed: children('needed', needed), welcome: children('welcome', welcome) },
      ...options,
    },
  );
}

/** As the queue makes it of the parent's id. */
function childId(parent: string, group: string, place: number): string {
  return `${parent}.${group}.${place}`;
}
