/* eslint @typescript-eslint/ban-ts-comment: off,
   @typescript-eslint/no-base-to-string: off,
   @typescript-eslint/no-meaningless-void-operator: off,
   @typescript-eslint/no-misused-spread: off,
   @typescript-eslint/no-unsafe-assignment: off,
   @typescript-eslint/no-unsafe-return: off,
   @typescript-eslint/no-unused-vars: off,
   @typescript-eslint/require-await: off
   -- These rules are for code that runs. */
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { defineJob, InjectJob, type JobData, type JobInput, type JobProducer } from '../../index';
import { JobHost, JobProcessor, type JobContext } from '../../consumer';
import { runHandler } from '../../testing';

/*
 * What the types of both ends accept and refuse: `npm run typecheck` fails if a line below `@ts-expect-error` has no
 * error, or another line has one. Nothing of this runs.
 */

const emailJob = defineJob({
  name: 'email',
  data: z.object({ to: z.email(), retries: z.number().default(0), at: z.coerce.date().optional() }),
  result: z.object({ messageId: z.string() }),
});
const pingJob = defineJob({ name: 'ping', data: z.object({}) });
// The same shape as emailJob under another name.
const letterJob = defineJob({ name: 'letter', data: emailJob.data, result: emailJob.result });
declare const emails: JobProducer<typeof emailJob>;

/** A producer takes what the contract accepts. */
export function aProducerTakesWhatTheContractAccepts(): void {
  void emails.add({ to: 'ada@example.org' });
  void emails.add({ to: 'ada@example.org', retries: 1, at: '2026-01-01' }, { attempts: 2 });
  void emails.addBulk([{ data: { to: 'ada@example.org' } }]);
}

/** A producer refuses wrong data. */
export function aProducerRefusesWrongData(): void {
  // @ts-expect-error refused
  void emails.add({ to: 7 });
  // @ts-expect-error refused
  void emails.add({});
  // @ts-expect-error refused
  void emails.add({ to: 'ada@example.org', cc: 'b' });
  // @ts-expect-error refused
  void emails.addBulk([{ data: { to: null } }]);
  // @ts-expect-error refused
  void emails.add({ to: 'ada@example.org' }, { attempts: 'many' });
}

/** A schedule has the data that its contract needs. */
export function aScheduleHasTheDataThatItsContractNeeds(): void {
  const data = z.object({ day: z.string() });
  defineJob({ name: 'a', data, schedule: { cron: '0 3 * * *', data: { day: 'monday' } } });
  defineJob({ name: 'a', data, schedule: { weekly: { every: '7d', data: { day: 'monday' } } } });
  defineJob({
    name: 'b',
    data: z.object({}),
    schedule: { every: 1000, overlap: 'queue', missed: 'skip' },
  });
  defineJob({
    name: 'b',
    data: z.object({ deep: z.boolean().default(false) }),
    schedule: { every: '15m' },
  });
  // @ts-expect-error refused
  defineJob({ name: 'a', data, schedule: { cron: '0 3 * * *' } });
  // @ts-expect-error refused
  defineJob({ name: 'a', data, schedule: { every: '1d', data: { day: 7 } } });
  // @ts-expect-error refused
  defineJob({ name: 'b', data: z.object({}), schedule: { every: '15m', timezone: 'UTC' } });
  // @ts-expect-error refused
  defineJob({ name: 'b', data: z.object({}), schedule: { every: '15m', overlap: 'both' } });
}

/** A producer is for one contract. */
export function aProducerIsForOneContract(): void {
  class Sender {
    constructor(@InjectJob(emailJob) readonly emails: JobProducer<typeof emailJob>) {}
    send(other: JobProducer<typeof pingJob>) {
      void other.add({});
      // @ts-expect-error refused
      const wrong: JobProducer<typeof emailJob> = other;
      return wrong;
    }
  }
  void Sender;
}

/** Input and output of a schema are told apart. */
export function inputAndOutputOfASchemaAreToldApart(): void {
  const input: JobInput<typeof emailJob> = { to: 'ada@example.org' };
  const output: JobData<typeof emailJob> = { to: 'ada@example.org', retries: 0 };
  // @ts-expect-error refused
  const incomplete: JobData<typeof emailJob> = { to: 'ada@example.org' };
  void [input, output, incomplete];
}

/** A processor gets typed data and returns the result. */
export function aProcessorGetsTypedDataAndReturnsTheResult(): void {
  @JobProcessor(emailJob, { concurrency: 5 })
  class EmailProcessor extends JobHost<typeof emailJob> {
    async handle({ data, attempt, signal }: JobContext<typeof emailJob>) {
      const year: number | undefined = data.at?.getFullYear();
      const sum: number = data.retries + attempt;
      // @ts-expect-error refused
      const cc = data.cc;
      void [year, sum, cc, signal.aborted];
      return { messageId: data.to };
    }
  }
  void EmailProcessor;
}

/** A contract of another library has its types. */
export function aContractOfAnotherLibraryHasItsTypes(): void {
  const visitJob = defineJob({
    name: 'visit',
    data: v.object({
      at: v.pipe(
        v.string(),
        v.transform((text) => new Date(text)),
      ),
      pages: v.optional(v.number(), 1),
    }),
    result: type({ count: 'number' }),
    dedupe: ({ at }) => at.toISOString(),
  });
  const visits = {} as JobProducer<typeof visitJob>;
  void visits.add({ at: '2027-01-01' });
  // @ts-expect-error refused
  void visits.add({ at: 7 });
  @JobProcessor(visitJob)
  class VisitProcessor extends JobHost<typeof visitJob> {
    handle({ data }: JobContext<typeof visitJob>) {
      const year: number = data.at.getFullYear() + data.pages;
      // @ts-expect-error refused
      const text: string = data.at;
      void text;
      return { count: year };
    }
  }
  class WrongProcessor extends JobHost<typeof visitJob> {
    // @ts-expect-error refused
    handle() {
      return { count: 'many' };
    }
  }
  void [VisitProcessor, WrongProcessor];
}

/** A copy of a context has no signal, and nobody takes it for one. */
export function aCopyOfAContextHasNoSignalAndNobodyTakesItForOne(): void {
  function copy(context: JobContext<typeof emailJob>) {
    // @ts-expect-error refused
    const copied: JobContext<typeof emailJob> = { ...context };
    const { signal, schedule, ...rest } = context;
    const whole: JobContext<typeof emailJob> = { ...rest, signal, schedule };
    return [copied, whole];
  }
  void copy;
}

/** A processor cannot return a wrong result. */
export function aProcessorCannotReturnAWrongResult(): void {
  class Wrong extends JobHost<typeof emailJob> {
    // @ts-expect-error refused
    async handle() {
      return { messageId: 7 };
    }
  }
  class Missing extends JobHost<typeof emailJob> {
    // @ts-expect-error refused
    async handle() {}
  }
  class Nothing extends JobHost<typeof pingJob> {
    async handle() {}
  }
  void [Wrong, Missing, Nothing];
}

/** A processor cannot take the data of another job. */
export function aProcessorCannotTakeTheDataOfAnotherJob(): void {
  class Wrong extends JobHost<typeof emailJob> {
    // @ts-expect-error refused
    handle({ data }: JobContext<typeof pingJob>) {
      return { messageId: String(data) };
    }
  }
  void Wrong;
}

/** The decorator and the base class name the same job. */
export function theDecoratorAndTheBaseClassNameTheSameJob(): void {
  // @ts-expect-error refused
  @JobProcessor(letterJob)
  class EmailProcessor extends JobHost<typeof emailJob> {
    handle() {
      return { messageId: '' };
    }
  }
  // @ts-expect-error refused
  @JobProcessor(emailJob)
  class NoHost {}
  void [EmailProcessor, NoHost];
}

/** A test passes what the contract accepts. */
export function aTestPassesWhatTheContractAccepts(): void {
  const processor = {} as JobHost<typeof emailJob>;
  async function test() {
    const { result } = await runHandler(processor, { to: 'ada@example.org' });
    const id: string = result.messageId;
    // @ts-expect-error refused
    const wrong: number = result.messageId;
    // @ts-expect-error refused
    await runHandler(processor, { to: 7 });
    return [id, wrong];
  }
  void test;
}

/** Both ends have the typed value of a codec. */
export function bothEndsHaveTheTypedValueOfACodec(): void {
  const date = z.codec(z.iso.datetime(), z.date(), {
    decode: (s) => new Date(s),
    encode: (d) => d.toISOString(),
  });
  const visitJob = defineJob({
    name: 'visit',
    data: z.object({
      at: date,
      until: date.optional(),
      times: z.array(date),
      count: z.string().transform(Number),
      retries: z.number().default(0),
    }),
    result: z.object({ next: date }),
  });
  const visits = {} as JobProducer<typeof visitJob>;
  void visits.add({ at: new Date(), times: ['2026-01-01T00:00:00Z', new Date()], count: '1' });
  void visits.add({
    at: '2026-01-01T00:00:00Z',
    until: new Date(),
    times: [],
    count: '1',
    retries: 2,
  });
  // @ts-expect-error refused
  void visits.add({ at: new Date(), times: [], count: 1 });
  // @ts-expect-error refused
  void visits.add({ at: 7, times: [], count: '1' });
  // @ts-expect-error refused
  void visits.add({ times: [], count: '1' });
  class VisitProcessor extends JobHost<typeof visitJob> {
    handle({ data }: JobContext<typeof visitJob>) {
      const year: number = data.at.getFullYear() + data.count;
      return year > 2000 ? { next: data.at } : { next: '2026-01-01T00:00:00Z' };
    }
  }
  async function test(processor: VisitProcessor) {
    const { result } = await runHandler(processor, { at: new Date(), times: [], count: '1' });
    const stored: string = result.next;
    return stored;
  }
  void test;
  const node = z.object({
    at: date,
    get children() {
      return z.array(node);
    },
  });
  const treeJob = defineJob({ name: 'tree', data: node });
  const trees = {} as JobProducer<typeof treeJob>;
  void trees.add({ at: new Date(), children: [{ at: '2026-01-01T00:00:00Z', children: [] }] });
}

/** Children are added and received with the types of their contracts. */
export function childrenAreAddedAndReceivedWithTheTypesOfTheirContracts(): void {
  const monthJob = defineJob({
    name: 'month',
    data: z.object({}),
    result: z.object({ sum: z.number() }),
    children: { mails: emailJob, maybe: { job: emailJob, onFailure: 'continue' } },
  });
  const yearJob = defineJob({
    name: 'year',
    data: z.object({}),
    children: { months: { job: monthJob } },
  });
  const years = {} as JobProducer<typeof yearJob>;
  const mail = { data: { to: 'ada@example.org' }, options: { attempts: 2 } };
  void years.add(
    {},
    { children: { months: [{ data: {}, children: { mails: [mail], maybe: [mail] } }] } },
  );
  void years.addBulk([{ data: {}, children: { months: [{ data: {} }] } }, { data: {} }]);
  // @ts-expect-error refused
  void years.add({}, { children: { weeks: [] } });
  const wrongMail = { data: { to: 7 } };
  // @ts-expect-error refused
  void years.add({}, { children: { months: [{ data: {}, children: { mails: [wrongMail] } }] } });
  // @ts-expect-error refused
  void years.add({}, { children: { months: [{ data: {}, options: { jobId: 'a' } }] } });
  // @ts-expect-error refused
  void emails.add(mail.data, { children: { mails: [mail] } });
  @JobProcessor(monthJob)
  class MonthProcessor extends JobHost<typeof monthJob> {
    // @ts-expect-error refused
    handle({ children: { mails, maybe, others } }: JobContext<typeof monthJob>) {
      const ids: string[] = mails.map(({ result }) => result.messageId);
      // @ts-expect-error refused
      const unsure: string[] = maybe.map(({ result }) => result.messageId);
      const sure: string[] = maybe.map(({ result, failure }) => result?.messageId ?? failure ?? '');
      const told: string[] = maybe.map((mail) =>
        mail.failure === undefined ? mail.result.messageId : mail.failure,
      );
      // @ts-expect-error refused
      const wrong: number[] = mails.map(({ result }) => result.messageId);
      void [unsure, sure, told, wrong, others];
      return { sum: ids.length };
    }
  }
  async function test(processor: MonthProcessor) {
    await runHandler(
      processor,
      {},
      { children: { mails: [{ result: { messageId: 'a' } }], maybe: [{ failure: 'no' }] } },
    );
    // @ts-expect-error refused
    await runHandler(processor, {}, { children: { mails: [{ result: { messageId: 7 } }] } });
  }
  class Childless extends JobHost<typeof pingJob> {
    handle({ children }: JobContext<typeof pingJob>) {
      // @ts-expect-error refused
      return children.mails;
    }
  }
  void [test, Childless];
  const any: JobProducer<import('../../index').JobContract>['job'] = yearJob;
  const data = z.object({});
  // @ts-expect-error refused
  defineJob({ name: 'x', data, children: { a: { job: pingJob, onFailure: 'stop' } } });
  // @ts-expect-error refused
  defineJob({ name: 'x', data: z.object({}), children: { a: 'ping' } });
  void any;
}

/** A contract is made of schemas and known options. */
export function aContractIsMadeOfSchemasAndKnownOptions(): void {
  // @ts-expect-error refused
  defineJob({ name: 'x', data: { to: 'string' } });
  // @ts-expect-error refused
  defineJob({ name: 'x', data: z.object({}), options: { atempts: 3 } });
  // @ts-expect-error refused
  defineJob({ name: 'x', data: z.object({}), options: { backoff: { type: 'cubic', delay: 1 } } });
  // @ts-expect-error refused
  defineJob({ name: 'x', data: z.object({}), keep: { completed: { count: 3 } } });
  // @ts-expect-error refused
  defineJob({ data: z.object({}) });
  const data = z.object({ to: z.string(), retries: z.number().default(0) });
  defineJob({ name: 'x', data, dedupe: { key: ({ to, retries }) => to + retries.toFixed() } });
  defineJob({ name: 'x', data, dedupe: ({ to, retries }) => to + retries.toFixed() });
  // @ts-expect-error refused
  defineJob({ name: 'x', data, dedupe: ({ cc }) => cc });
  // @ts-expect-error refused
  defineJob({ name: 'x', data, dedupe: { key: ({ cc }) => cc, window: 1 } });
  // @ts-expect-error refused
  defineJob({ name: 'x', data, dedupe: { key: ({ retries }) => retries } });
  // @ts-expect-error refused
  defineJob({ name: 'x', data, dedupe: { window: 1 } });
  const name: 'email' = emailJob.name;
  void name;
}
