import { once } from 'node:events';
import { z } from 'zod';
import {
  JobHost,
  JobProcessor,
  NonRetryableError,
  RetryAfterError,
  type JobContext,
} from '../../consumer';
import { defineJob } from '../../contract/define-job';

const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (value) => value.toISOString(),
});

/** What the handlers of these tests have seen, in order. */
export const seen: string[] = [];

export const mailJob = defineJob({
  name: 'mail',
  data: z.object({
    to: z.string(),
    at: date.optional(),
    fail: z.string().default('never'),
    tone: z.string().default('polite'),
  }),
  result: z.object({ greeting: z.string(), year: z.number().max(9_999).optional() }),
  options: { attempts: 3, backoff: { type: 'fixed', delay: 10 } },
});

const failures: Record<string, (attempt: number) => unknown> = {
  always: (attempt) => new Error(`broken ${attempt}`),
  once: (attempt) => (attempt === 1 ? new Error('a hiccup') : undefined),
  'for good': () => new NonRetryableError('no such address'),
  'until later': (attempt) => (attempt === 1 ? new RetryAfterError(30, 'busy') : undefined),
};

@JobProcessor(mailJob)
export class MailProcessor extends JobHost<typeof mailJob> {
  async handle({ data, attempt, log, progress }: JobContext<typeof mailJob>) {
    seen.push(`${data.to} ${attempt}`);
    await log(`to ${data.to}`);
    await progress(50);
    const error = failures[data.fail]?.(attempt);
    if (error instanceof Error) throw error;
    const year = data.fail === 'by its result' ? 10_000 : data.at?.getUTCFullYear();
    return { greeting: `Hello, ${data.to}`, year };
  }
}

export const slowJob = defineJob({
  name: 'slow',
  data: z.object({}),
  options: { attempts: 1 },
  timeout: 100,
});

@JobProcessor(slowJob)
export class SlowProcessor extends JobHost<typeof slowJob> {
  async handle({ signal }: JobContext<typeof slowJob>) {
    await once(signal, 'abort');
    seen.push('told to stop');
    throw new Error('stopped');
  }
}

export const partJob = defineJob({
  name: 'part',
  data: z.object({ size: z.number() }),
  result: z.object({ size: z.number() }),
  options: { attempts: 2, backoff: 5 },
});

@JobProcessor(partJob, { concurrency: 3 })
export class PartProcessor extends JobHost<typeof partJob> {
  handle({ data: { size } }: JobContext<typeof partJob>) {
    if (size < 0) throw new Error(`a size of ${size}`);
    return { size };
  }
}

export const wholeJob = defineJob({
  name: 'whole',
  data: z.object({}),
  result: z.object({ sum: z.number(), failures: z.array(z.string()) }),
  children: {
    needed: partJob,
    told: { job: partJob, onFailure: 'continue' },
    ignored: { job: partJob, onFailure: 'ignore' },
  },
});

@JobProcessor(wholeJob)
export class WholeProcessor extends JobHost<typeof wholeJob> {
  handle({ children: { needed, told, ignored } }: JobContext<typeof wholeJob>) {
    const ended = [...needed, ...told, ...ignored];
    return {
      sum: ended.reduce((sum, { result }) => sum + (result?.size ?? 0), 0),
      failures: told.flatMap(({ failure }) => failure ?? []),
    };
  }
}

export const tenantJob = defineJob({
  name: 'tenant',
  data: z.object({ tenant: z.string() }),
  limit: { by: ({ tenant }) => tenant, concurrency: 1 },
});

/** How many jobs of each tenant run, and the most that did so at once. */
export const together = new Map<string, number>();
export const most = new Map<string, number>();

@JobProcessor(tenantJob, { concurrency: 4 })
export class TenantProcessor extends JobHost<typeof tenantJob> {
  async handle({ data: { tenant } }: JobContext<typeof tenantJob>) {
    for (const key of [tenant, 'all']) {
      const running = (together.get(key) ?? 0) + 1;
      together.set(key, running);
      most.set(key, Math.max(running, most.get(key) ?? 0));
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const key of [tenant, 'all']) together.set(key, (together.get(key) ?? 0) - 1);
  }
}

export const pacedJob = defineJob({ name: 'paced', data: z.object({}) });

@JobProcessor(pacedJob, { limiter: { max: 1, duration: 60 } })
export class PacedProcessor extends JobHost<typeof pacedJob> {
  handle() {
    seen.push('paced');
  }
}

export const onceJob = defineJob({
  name: 'once',
  data: z.object({ account: z.string() }),
  dedupe: { key: ({ account }) => account },
});

@JobProcessor(onceJob)
export class OnceProcessor extends JobHost<typeof onceJob> {
  handle({ data: { account } }: JobContext<typeof onceJob>) {
    seen.push(`account ${account}`);
  }
}
