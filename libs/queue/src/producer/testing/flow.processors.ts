import { z } from 'zod';
import { JobHost, JobProcessor, NonRetryableError, type JobContext } from '../../consumer';
import { defineJob } from '../../contract/define-job';

const date = z.codec(z.iso.date(), z.date(), {
  decode: (text) => new Date(text),
  encode: (value) => value.toISOString().slice(0, 10),
});

export const dayJob = defineJob({
  name: 'day',
  data: z.object({ date, mode: z.enum(['count', 'fail', 'hold']).default('count') }),
  result: z.object({ date, orders: z.number() }),
  options: { attempts: 1 },
});

/** A child that returns nothing. */
export const stampJob = defineJob({ name: 'stamp', data: z.object({}), options: { attempts: 1 } });

/** One of a tenant at a time. */
export const slotJob = defineJob({
  name: 'slot',
  data: z.object({ tenant: z.string() }),
  result: z.number(),
  limit: { by: ({ tenant }) => tenant, concurrency: 1 },
});

export const monthJob = defineJob({
  name: 'month',
  data: z.object({ mode: z.enum(['sum', 'fail']).default('sum') }),
  result: z.object({ orders: z.number(), failures: z.array(z.string()) }),
  options: { attempts: 1 },
  children: {
    days: dayJob,
    tolerated: { job: dayJob, onFailure: 'continue' },
    optional: { job: dayJob, onFailure: 'ignore' },
    stamps: stampJob,
    slots: slotJob,
  },
});

export const yearJob = defineJob({
  name: 'year',
  data: z.object({}),
  result: z.object({ orders: z.number() }),
  options: { attempts: 1 },
  children: { months: monthJob },
});

/** What the processors of this process do. */
export const world = {
  /** Whether jobs with the mode `fail` fail. */
  isBroken: true,
  /** The ids of the months that were run. */
  months: [] as string[],
  /** Called by days with the mode `hold`. */
  hold: (): Promise<void> => Promise.resolve(),
  /** Called by months before they return. */
  beforeSum: (): Promise<void> => Promise.resolve(),
};

@JobProcessor(dayJob, { concurrency: 8 })
export class DayProcessor extends JobHost<typeof dayJob> {
  async handle({ data: { date: at, mode } }: JobContext<typeof dayJob>) {
    if (mode === 'hold') await world.hold();
    if (mode === 'fail' && world.isBroken) throw new NonRetryableError(`No ${at.getUTCDate()}th.`);
    return { date: at, orders: at.getUTCDate() };
  }
}

@JobProcessor(stampJob, { concurrency: 8 })
export class StampProcessor extends JobHost<typeof stampJob> {
  handle() {
    // Nothing to return.
  }
}

let slotsInUse = 0;

@JobProcessor(slotJob, { concurrency: 8 })
export class SlotProcessor extends JobHost<typeof slotJob> {
  async handle() {
    slotsInUse += 1;
    await new Promise((resolve) => setImmediate(resolve));
    const most = slotsInUse;
    slotsInUse -= 1;
    return most;
  }
}

@JobProcessor(monthJob, { concurrency: 8 })
export class MonthProcessor extends JobHost<typeof monthJob> {
  async handle({ data, children, job }: JobContext<typeof monthJob>) {
    world.months.push(job.id ?? '');
    await world.beforeSum();
    if (data.mode === 'fail' && world.isBroken) throw new Error('No month.');
    const { days, tolerated, optional, stamps, slots } = children;
    const all = [...days, ...tolerated, ...optional];
    const results = all.flatMap(({ result }) => (result === undefined ? [] : [result]));
    return {
      orders: results.reduce((sum, day) => sum + day.orders + day.date.getUTCMonth(), 0),
      failures: [
        ...tolerated.flatMap(({ failure }) => failure ?? []),
        ...slots.map(({ result }) => `slots: ${result}`),
        ...stamps.map(({ result }) => `stamped: ${String(result)}`),
      ],
    };
  }
}

@JobProcessor(yearJob, { concurrency: 8 })
export class YearProcessor extends JobHost<typeof yearJob> {
  handle({ children: { months } }: JobContext<typeof yearJob>) {
    return { orders: months.reduce((sum, { result }) => sum + result.orders, 0) };
  }
}
