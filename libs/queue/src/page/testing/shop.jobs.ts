import * as z from 'zod';
import type { JobContext } from '../../attempt/job-context';
import { NonRetryableError } from '../../errors/non-retryable.error';
import { defineJob } from '../../contract/define-job';
import { JobHost } from '../../processor/job-host';
import { JobProcessor } from '../../processor/job-processor.decorator';

export const orderJob = defineJob({
  name: 'order',
  data: z.object({
    customer: z.string(),
    card: z.string().optional(),
    does: z.enum(['ship', 'fail', 'hold']).default('ship'),
  }),
  redact: ['card'],
  result: z.object({ parcel: z.string() }),
  options: { attempts: 2 },
  limit: { by: ({ customer }) => customer, concurrency: 50, rate: { max: 600, per: '1m' } },
});

export const nightlyJob = defineJob({
  name: 'nightly',
  data: z.object({}),
  schedule: { cron: '0 3 * * *', timezone: 'Europe/Berlin' },
});

export const refundJob = defineJob({ name: 'refund', data: z.object({}) });

/** Waits for the shipping of its orders. */
export const invoiceJob = defineJob({
  name: 'invoice',
  data: z.object({}),
  children: { orders: { job: orderJob, onFailure: 'continue' } },
});

/** Orders that are held; they end when released. */
export const held = new Set<() => void>();

@JobProcessor(orderJob, { concurrency: 10 })
export class OrderProcessor extends JobHost<typeof orderJob> {
  async handle({ data, job, log, progress, signal }: JobContext<typeof orderJob>) {
    const { id = '' } = job;
    await log(`packing for ${data.customer}${data.card === undefined ? '' : ` (${data.card})`}`);
    if (data.does === 'fail') {
      throw new NonRetryableError(`No stock of article ${4_000 + id.length} for ${data.customer}.`);
    }
    if (data.does === 'hold') {
      await progress(40);
      await new Promise<void>((resolve, reject) => {
        const end = () => {
          held.delete(end);
          resolve();
        };
        held.add(end);
        signal.addEventListener('abort', () => {
          held.delete(end);
          reject(signal.reason as Error);
        });
      });
    }
    return { parcel: `P-${id}` };
  }
}

@JobProcessor(nightlyJob)
export class NightlyProcessor extends JobHost<typeof nightlyJob> {
  handle() {
    return undefined;
  }
}

@JobProcessor(refundJob)
export class RefundProcessor extends JobHost<typeof refundJob> {
  handle() {
    return undefined;
  }
}
