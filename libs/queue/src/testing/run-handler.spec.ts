import { z } from 'zod';
import { JobHost, JobProcessor, type JobContext } from '../consumer';
import { defineJob } from '../contract/define-job';
import { JobDataError } from '../contract/job-data.error';
import { JobResultError } from '../contract/job-result.error';
import { runHandler } from '../testing';

const sumJob = defineJob({
  name: 'sum',
  data: z.object({ values: z.array(z.number()), at: z.coerce.date().optional() }),
  result: z.object({ sum: z.number().max(100) }),
});

@JobProcessor(sumJob)
class SumProcessor extends JobHost<typeof sumJob> {
  async handle({ data, attempt, signal, log, progress, job }: JobContext<typeof sumJob>) {
    signal.throwIfAborted();
    await log(`${job.id ?? ''}: attempt ${attempt} at ${data.at?.toISOString() ?? 'no time'}`);
    await progress(100);
    return { sum: data.values.reduce((sum, value) => sum + value, 0) };
  }
}

describe('running a processor without a queue', () => {
  const processor = new SumProcessor();

  it('gives its result, what it logged and what it reported', async () => {
    const data = { values: [1, 2], at: new Date('2026-01-01') };
    expect(await runHandler(processor, data, { id: '7', attempt: 2 })).toEqual({
      result: { sum: 3 },
      logs: ['7: attempt 2 at 2026-01-01T00:00:00.000Z'],
      progress: [100],
    });
  });

  it('is given what tells a job from every other, so that the same job can be run again', async () => {
    const seen: unknown[] = [];
    @JobProcessor(sumJob)
    class SeeingProcessor extends JobHost<typeof sumJob> {
      handle({ job: { queueName, id, timestamp } }: JobContext<typeof sumJob>) {
        seen.push({ queueName, id, timestamp });
        return { sum: 0 };
      }
    }
    const same = { id: '7', addedAt: new Date(1_000) };
    const data = { values: [] };
    for (const options of [same, same, {}, {}]) {
      await runHandler(new SeeingProcessor(), data, options);
    }
    const [first, second, third, fourth] = seen;
    expect(first).toEqual({ queueName: 'sum', id: '7', timestamp: 1_000 });
    expect(second).toEqual(first);
    expect(third).not.toEqual(fourth);
  });

  it('refuses data that a worker would refuse', async () => {
    const values = [1, '2'] as unknown as number[];
    await expect(runHandler(processor, { values })).rejects.toBeInstanceOf(JobDataError);
    await expect(runHandler(processor, { values })).rejects.toThrow('values[1]');
  });

  it('refuses a result that a worker would refuse', async () => {
    await expect(runHandler(processor, { values: [99, 2] })).rejects.toBeInstanceOf(JobResultError);
  });

  it('passes on the signal that tells it to stop', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(runHandler(processor, { values: [] }, { signal })).rejects.toThrow('enough');
  });

  it('fails with a sentence if the class has no contract', async () => {
    class Forgotten extends JobHost<typeof sumJob> {
      handle() {
        return { sum: 0 };
      }
    }
    await expect(runHandler(new Forgotten(), { values: [] })).rejects.toThrow(
      'Forgotten has no contract: decorate it with @JobProcessor(someJob).',
    );
  });

  it('has children that have ended as the test says', async () => {
    const codec = z.codec(z.iso.date(), z.date(), {
      decode: (text) => new Date(text),
      encode: (value) => value.toISOString().slice(0, 10),
    });
    const dayJob = defineJob({ name: 'day', data: z.object({}), result: z.object({ at: codec }) });
    const monthJob = defineJob({
      name: 'month',
      data: z.object({}),
      result: z.array(z.string()),
      children: { days: { job: dayJob, onFailure: 'continue' }, needed: dayJob },
    });
    @JobProcessor(monthJob)
    class MonthProcessor extends JobHost<typeof monthJob> {
      handle({ children: { days } }: JobContext<typeof monthJob>) {
        return days.map(({ failure, result }) => failure ?? String(result.at.getFullYear()));
      }
    }
    const month = new MonthProcessor();
    const days = [{ result: { at: new Date('2027-01-01') } }, { failure: 'no day' }];
    const { result } = await runHandler(month, {}, { children: { days } });
    expect(result).toEqual(['2027', 'no day']);
    expect((await runHandler(month, {})).result).toEqual([]);
    await expect(
      runHandler(month, {}, { children: { needed: [{ failure: 'no day' }] } }),
    ).rejects.toThrow('Its child "day"');
  });
});
