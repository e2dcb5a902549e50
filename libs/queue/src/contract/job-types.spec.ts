import { dirname, join } from 'node:path';
import ts from 'typescript';

/**
 * Each snippet is compiled with the options of this library. A line ending in `// refused` must have an
 * error, and no other line may have one.
 */
const PRELUDE = `
  import { type } from 'arktype';
  import * as v from 'valibot';
  import { z } from 'zod';
  import { defineJob, InjectJob, type JobData, type JobInput, type JobProducer } from '../index';
  import { JobHost, JobProcessor, type JobContext } from '../consumer';
  import { runHandler } from '../testing';

  const emailJob = defineJob({
    name: 'email',
    data: z.object({ to: z.email(), retries: z.number().default(0), at: z.coerce.date().optional() }),
    result: z.object({ messageId: z.string() }),
  });
  const pingJob = defineJob({ name: 'ping', data: z.object({}) });
  // The same shape as emailJob under another name.
  const letterJob = defineJob({ name: 'letter', data: emailJob.data, result: emailJob.result });
  declare const emails: JobProducer<typeof emailJob>;
`;

const SNIPPETS: Record<string, string> = {
  'a producer takes what the contract accepts': `
    void emails.add({ to: 'ada@example.org' });
    void emails.add({ to: 'ada@example.org', retries: 1, at: '2026-01-01' }, { attempts: 2 });
    void emails.addBulk([{ data: { to: 'ada@example.org' } }]);
  `,
  'a producer refuses wrong data': `
    void emails.add({ to: 7 }); // refused
    void emails.add({}); // refused
    void emails.add({ to: 'ada@example.org', cc: 'b' }); // refused
    void emails.addBulk([{ data: { to: null } }]); // refused
    void emails.add({ to: 'ada@example.org' }, { attempts: 'many' }); // refused
  `,
  'a schedule has the data that its contract needs': `
    const data = z.object({ day: z.string() });
    defineJob({ name: 'a', data, schedule: { cron: '0 3 * * *', data: { day: 'monday' } } });
    defineJob({ name: 'a', data, schedule: { weekly: { every: '7d', data: { day: 'monday' } } } });
    defineJob({ name: 'b', data: z.object({}), schedule: { every: 1000, overlap: 'queue', missed: 'skip' } });
    defineJob({ name: 'b', data: z.object({ deep: z.boolean().default(false) }), schedule: { every: '15m' } });
    defineJob({ name: 'a', data, schedule: { cron: '0 3 * * *' } }); // refused
    defineJob({ name: 'a', data, schedule: { every: '1d', data: { day: 7 } } }); // refused
    defineJob({ name: 'b', data: z.object({}), schedule: { every: '15m', timezone: 'UTC' } }); // refused
    defineJob({ name: 'b', data: z.object({}), schedule: { every: '15m', overlap: 'both' } }); // refused
  `,
  'a producer is for one contract': `
    class Sender {
      constructor(@InjectJob(emailJob) readonly emails: JobProducer<typeof emailJob>) {}
      send(other: JobProducer<typeof pingJob>) {
        void other.add({});
        const wrong: JobProducer<typeof emailJob> = other; // refused
        return wrong;
      }
    }
    void Sender;
  `,
  'input and output of a schema are told apart': `
    const input: JobInput<typeof emailJob> = { to: 'ada@example.org' };
    const output: JobData<typeof emailJob> = { to: 'ada@example.org', retries: 0 };
    const incomplete: JobData<typeof emailJob> = { to: 'ada@example.org' }; // refused
    void [input, output, incomplete];
  `,
  'a processor gets typed data and returns the result': `
    @JobProcessor(emailJob, { concurrency: 5 })
    class EmailProcessor extends JobHost<typeof emailJob> {
      async handle({ data, attempt, signal }: JobContext<typeof emailJob>) {
        const year: number | undefined = data.at?.getFullYear();
        const sum: number = data.retries + attempt;
        const cc = data.cc; // refused
        void [year, sum, cc, signal.aborted];
        return { messageId: data.to };
      }
    }
    void EmailProcessor;
  `,
  'a contract of another library has its types': `
    const visitJob = defineJob({
      name: 'visit',
      data: v.object({ at: v.pipe(v.string(), v.transform((text) => new Date(text))), pages: v.optional(v.number(), 1) }),
      result: type({ count: 'number' }),
      dedupe: ({ at }) => at.toISOString(),
    });
    declare const visits: JobProducer<typeof visitJob>;
    void visits.add({ at: '2027-01-01' });
    void visits.add({ at: 7 }); // refused
    @JobProcessor(visitJob)
    class VisitProcessor extends JobHost<typeof visitJob> {
      handle({ data }: JobContext<typeof visitJob>) {
        const year: number = data.at.getFullYear() + data.pages;
        const text: string = data.at; // refused
        void text;
        return { count: year };
      }
    }
    class WrongProcessor extends JobHost<typeof visitJob> {
      handle() { // refused
        return { count: 'many' };
      }
    }
    void [VisitProcessor, WrongProcessor];
  `,
  'a copy of a context has no signal, and nobody takes it for one': `
    function copy(context: JobContext<typeof emailJob>) {
      const copied: JobContext<typeof emailJob> = { ...context }; // refused
      const { signal, schedule, ...rest } = context;
      const whole: JobContext<typeof emailJob> = { ...rest, signal, schedule };
      return [copied, whole];
    }
    void copy;
  `,
  'a processor cannot return a wrong result': `
    class Wrong extends JobHost<typeof emailJob> {
      async handle() { // refused
        return { messageId: 7 };
      }
    }
    class Missing extends JobHost<typeof emailJob> {
      async handle() {} // refused
    }
    class Nothing extends JobHost<typeof pingJob> {
      async handle() {}
    }
    void [Wrong, Missing, Nothing];
  `,
  'a processor cannot take the data of another job': `
    class Wrong extends JobHost<typeof emailJob> {
      handle({ data }: JobContext<typeof pingJob>) { // refused
        return { messageId: String(data) };
      }
    }
    void Wrong;
  `,
  'the decorator and the base class name the same job': `
    @JobProcessor(letterJob) // refused
    class EmailProcessor extends JobHost<typeof emailJob> {
      handle() {
        return { messageId: '' };
      }
    }
    @JobProcessor(emailJob) // refused
    class NoHost {}
    void [EmailProcessor, NoHost];
  `,
  'a test passes what the contract accepts': `
    declare const processor: JobHost<typeof emailJob>;
    async function test() {
      const { result } = await runHandler(processor, { to: 'ada@example.org' });
      const id: string = result.messageId;
      const wrong: number = result.messageId; // refused
      await runHandler(processor, { to: 7 }); // refused
      return [id, wrong];
    }
    void test;
  `,
  'both ends have the typed value of a codec': `
    const date = z.codec(z.iso.datetime(), z.date(), { decode: (s) => new Date(s), encode: (d) => d.toISOString() });
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
    declare const visits: JobProducer<typeof visitJob>;
    void visits.add({ at: new Date(), times: ['2026-01-01T00:00:00Z', new Date()], count: '1' });
    void visits.add({ at: '2026-01-01T00:00:00Z', until: new Date(), times: [], count: '1', retries: 2 });
    void visits.add({ at: new Date(), times: [], count: 1 }); // refused
    void visits.add({ at: 7, times: [], count: '1' }); // refused
    void visits.add({ times: [], count: '1' }); // refused
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
    const node = z.object({ at: date, get children() { return z.array(node); } });
    const treeJob = defineJob({ name: 'tree', data: node });
    declare const trees: JobProducer<typeof treeJob>;
    void trees.add({ at: new Date(), children: [{ at: '2026-01-01T00:00:00Z', children: [] }] });
  `,
  'children are added and received with the types of their contracts': `
    const monthJob = defineJob({
      name: 'month',
      data: z.object({}),
      result: z.object({ sum: z.number() }),
      children: { mails: emailJob, maybe: { job: emailJob, onFailure: 'continue' } },
    });
    const yearJob = defineJob({ name: 'year', data: z.object({}), children: { months: { job: monthJob } } });
    declare const years: JobProducer<typeof yearJob>;
    const mail = { data: { to: 'ada@example.org' }, options: { attempts: 2 } };
    void years.add({}, { children: { months: [{ data: {}, children: { mails: [mail], maybe: [mail] } }] } });
    void years.addBulk([{ data: {}, children: { months: [{ data: {} }] } }, { data: {} }]);
    void years.add({}, { children: { weeks: [] } }); // refused
    void years.add({}, { children: { months: [{ data: {}, children: { mails: [{ data: { to: 7 } }] } }] } }); // refused
    void years.add({}, { children: { months: [{ data: {}, options: { jobId: 'a' } }] } }); // refused
    void emails.add(mail.data, { children: { mails: [mail] } }); // refused
    @JobProcessor(monthJob)
    class MonthProcessor extends JobHost<typeof monthJob> {
      handle({ children: { mails, maybe, others } }: JobContext<typeof monthJob>) { // refused
        const ids: string[] = mails.map(({ result }) => result.messageId);
        const unsure: string[] = maybe.map(({ result }) => result.messageId); // refused
        const sure: string[] = maybe.map(({ result, failure }) => result?.messageId ?? failure ?? '');
        const told: string[] = maybe.map((mail) => mail.failure === undefined ? mail.result.messageId : mail.failure);
        const wrong: number[] = mails.map(({ result }) => result.messageId); // refused
        void [unsure, sure, told, wrong, others];
        return { sum: ids.length };
      }
    }
    async function test(processor: MonthProcessor) {
      await runHandler(processor, {}, { children: { mails: [{ result: { messageId: 'a' } }], maybe: [{ failure: 'no' }] } });
      await runHandler(processor, {}, { children: { mails: [{ result: { messageId: 7 } }] } }); // refused
    }
    class Childless extends JobHost<typeof pingJob> {
      handle({ children }: JobContext<typeof pingJob>) {
        return children.mails; // refused
      }
    }
    void [test, Childless];
    const any: JobProducer<import('../index').JobContract>['job'] = yearJob;
    defineJob({ name: 'x', data: z.object({}), children: { a: { job: pingJob, onFailure: 'stop' } } }); // refused
    defineJob({ name: 'x', data: z.object({}), children: { a: 'ping' } }); // refused
    void any;
  `,
  'a contract is made of schemas and known options': `
    defineJob({ name: 'x', data: { to: 'string' } }); // refused
    defineJob({ name: 'x', data: z.object({}), options: { atempts: 3 } }); // refused
    defineJob({ name: 'x', data: z.object({}), options: { backoff: { type: 'cubic', delay: 1 } } }); // refused
    defineJob({ name: 'x', data: z.object({}), keep: { completed: { count: 3 } } }); // refused
    defineJob({ data: z.object({}) }); // refused
    const data = z.object({ to: z.string(), retries: z.number().default(0) });
    defineJob({ name: 'x', data, dedupe: { key: ({ to, retries }) => to + retries.toFixed() } });
    defineJob({ name: 'x', data, dedupe: ({ to, retries }) => to + retries.toFixed() });
    defineJob({ name: 'x', data, dedupe: ({ cc }) => cc }); // refused
    defineJob({ name: 'x', data, dedupe: { key: ({ cc }) => cc, window: 1 } }); // refused
    defineJob({ name: 'x', data, dedupe: { key: ({ retries }) => retries } }); // refused
    defineJob({ name: 'x', data, dedupe: { window: 1 } }); // refused
    const name: 'email' = emailJob.name;
    void name;
  `,
};

describe('the types of both ends', () => {
  const titles = Object.keys(SNIPPETS);
  const fileOf = (title: string) => join(__dirname, `snippet-${titles.indexOf(title)}.ts`);
  let errorsOf: (title: string) => { line: number; message: string }[];

  beforeAll(() => {
    const program = compile(new Map(titles.map((title) => [fileOf(title), sourceOf(title)])));
    errorsOf = (title) => {
      const file = program.getSourceFile(fileOf(title));
      if (file === undefined) throw new Error(`No source for "${title}".`);
      const diagnostics = [
        ...program.getSyntacticDiagnostics(file),
        ...program.getSemanticDiagnostics(file),
      ];
      return diagnostics.map(({ start = 0, messageText }) => ({
        line: file.getLineAndCharacterOfPosition(start).line,
        message: ts.flattenDiagnosticMessageText(messageText, '\n'),
      }));
    };
  });

  it.each(titles)('%s', (title) => {
    const lines = sourceOf(title).split('\n');
    const refused = lines.flatMap((line, index) => (line.endsWith('// refused') ? [index] : []));
    const errors = errorsOf(title);
    const unexpected = errors.filter(({ line }) => !refused.includes(line));
    expect(unexpected.map(({ line, message }) => `${lines[line] ?? ''}: ${message}`)).toEqual([]);
    const accepted = refused.filter((line) => !errors.some((error) => error.line === line));
    expect(accepted.map((line) => lines[line])).toEqual([]);
  });
});

function sourceOf(title: string): string {
  return PRELUDE + (SNIPPETS[title] ?? '');
}

/** Compiles virtual sources, located where real files would be. */
function compile(sources: Map<string, string>): ts.Program {
  const configFile = join(__dirname, '../../tsconfig.json');
  const { config } = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(configFile));
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (path, target, ...rest) => {
    const source = sources.get(path);
    return source === undefined
      ? getSourceFile(path, target, ...rest)
      : ts.createSourceFile(path, source, target);
  };
  return ts.createProgram([...sources.keys()], options, host);
}
