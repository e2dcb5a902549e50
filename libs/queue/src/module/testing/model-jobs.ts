import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { type JobContext, JobHost, JobProcessor, NonRetryableError } from '../../consumer';
import { defineJob } from '../../contract/define-job';
import { journal } from './model-journal';

/** How many attempts each job has. */
export const ATTEMPTS = 3;

/** How many jobs of a tenant may run at the same time. */
export const SLOTS = 2;

/** What a handler does. */
const behaviour = {
  /** How many attempts of each life fail. */
  fails: z.int().min(0).default(0),
  /** Whether it fails for good, as long as the world is broken. */
  dies: z.boolean().default(false),
  /** In milliseconds. */
  takes: z.int().min(0).default(0),
};

export interface Behaviour {
  readonly fails: number;
  readonly dies: boolean;
  readonly takes: number;
}

const options = { attempts: ATTEMPTS, backoff: { type: 'fixed', delay: 5 } } as const;

export const taskJob = defineJob({ name: 'task', data: z.object(behaviour), options });

export const slotJob = defineJob({
  name: 'slot',
  data: z.object({ ...behaviour, tenant: z.string() }),
  options,
  limit: { by: ({ tenant }) => tenant, concurrency: SLOTS },
});

const runData = z.object({ ...behaviour, build: z.number() });

/** The job of the schedule, for the workers that run it. They leave its times to the test's own clock. */
export const runJob = defineJob({ name: 'run', data: runData, options });

/** The same as a build of a worker has it: with a period in seconds. */
export function scheduledBuild(build: number, period: number) {
  const data = { fails: build % 2, dies: build % 3 === 0, takes: 1, build };
  const schedule = { every: period * 1_000, overlap: 'queue', data } as const;
  return defineJob({ name: 'run', data: runData, options, schedule });
}

export const flowJob = defineJob({
  name: 'flow',
  data: z.object({ ...behaviour, needed: z.int(), tolerated: z.int() }),
  options,
  children: {
    needed: taskJob,
    tolerated: { job: taskJob, onFailure: 'continue' },
    slots: { job: slotJob, onFailure: 'ignore' },
  },
});

/** Whether the jobs that are to fail for good do. */
export const world = { isBroken: true };

interface Attempt {
  readonly data: Behaviour;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly job: { readonly id?: string | undefined };
}

async function work(queue: string, { data, attempt, signal, job }: Attempt): Promise<void> {
  const end = journal.starts(queue, job.id ?? '', attempt);
  try {
    await sleep(data.takes, undefined, { signal });
    if (data.dies && world.isBroken) throw new NonRetryableError('broken');
    if (attempt <= data.fails) throw new Error('again');
    end('returned');
  } catch (error) {
    end(signal.aborted ? 'aborted' : 'threw');
    throw error;
  }
}

const tenants = new Map<string, number>();

@JobProcessor(taskJob, { concurrency: 3 })
class TaskProcessor extends JobHost<typeof taskJob> {
  handle(context: JobContext<typeof taskJob>) {
    return work('task', context);
  }
}

@JobProcessor(slotJob, { concurrency: 3 })
class SlotProcessor extends JobHost<typeof slotJob> {
  async handle(context: JobContext<typeof slotJob>) {
    const { tenant } = context.data;
    const count = (change: number) => (tenants.get(tenant) ?? 0) + change;
    tenants.set(tenant, count(1));
    if (count(0) > SLOTS) journal.breaches.push(`${count(0)} jobs of the tenant ${tenant} ran`);
    try {
      await work('slot', context);
    } finally {
      tenants.set(tenant, count(-1));
    }
  }
}

@JobProcessor(runJob, { concurrency: 2 })
class RunProcessor extends JobHost<typeof runJob> {
  handle(context: JobContext<typeof runJob>) {
    return work('run', context);
  }
}

@JobProcessor(flowJob, { concurrency: 3 })
class FlowProcessor extends JobHost<typeof flowJob> {
  handle(context: JobContext<typeof flowJob>) {
    const { data, children, job } = context;
    if (children.needed.length !== data.needed || children.tolerated.length !== data.tolerated) {
      journal.breaches.push(`flow ${job.id} ran, and did not have all of its children`);
    }
    return work('flow', context);
  }
}

export const PROCESSORS = [TaskProcessor, SlotProcessor, RunProcessor, FlowProcessor];
