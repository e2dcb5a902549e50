import type { Tree } from '@nx/devkit';
import { OLD_SOURCES, oldQueuesTree } from '../../testing/old-queues';
import { textsOf, writeContract, writeProcessor } from '../../testing/queue-tree';
import convertGenerator from './convert';
import type { ConvertOptions } from './convert-options';

const MAILS = 'services/jobs-runner/code/processors/mails/mails.processor.ts';
const CONTRACT = 'packages/agreements/source/mails.job.ts';

let tree: Tree;
beforeEach(() => {
  tree = oldQueuesTree();
});

async function convert(options: ConvertOptions = {}): Promise<string> {
  const printed = jest.spyOn(console, 'log').mockReturnValue();
  printed.mockClear();
  await convertGenerator(tree, { skipFormat: true, ...options });
  return printed.mock.calls.flat().join('\n');
}

/** What it has written, by file. */
const written = (file: string): string => textsOf(tree)[file] ?? '';

describe('nx g @tools/queue:convert', () => {
  it('writes the contract of a queue with several names, whose jobs in Redis it takes', async () => {
    await convert({ queue: 'mails' });

    expect(written(CONTRACT)).toMatchInlineSnapshot(`
      "import { defineJob } from '@acme/runtime';
      import * as z from 'zod';

      const mailsData = z.discriminatedUnion('name', [
        z.object({ name: z.literal('digest'), data: z.object({ to: z.string(), day: z.coerce.date(), kind: z.union([z.literal('short'), z.literal('long')]) }) }),
        z.object({ name: z.literal('welcome'), data: z.object({ to: z.string(), name: z.string().optional(), tags: z.array(z.string()) }) }),
      ]);

      /** The jobs of the queue "mails". */
      export const mailsJob = defineJob({
        name: 'mails',
        // Names under which plain BullMQ code adds jobs to this queue, or has added them.
        accepts: ["digest","welcome"],
        data: mailsData,
        // Those jobs have their name beside their data.
        version: 2,
        upgrade: (data, _from, name) => ({ name, data }) as z.input<typeof mailsData>,
        result: z.unknown(),
        options: { attempts: 4, backoff: { type: 'fixed', delay: 100 } },
      });
      "
    `);
  });

  it('writes the processor with the members of the old one, typed by the name of the job', async () => {
    await convert({ queue: 'mails' });

    expect(written(MAILS)).toMatchInlineSnapshot(`
      "import { mailsJob } from '@acme/agreements/mails';
      import type { JobData, JobReturn } from '@acme/runtime';
      import { type JobContext, JobHost, JobProcessor } from '@acme/runtime/consumer';
      import { OnWorkerEvent } from '@nestjs/bullmq';
      import { Logger } from '@nestjs/common';
      import { type Job } from 'bullmq';
      import { MailService } from '../../../../api/src/mail/mail.service';

      const LIMIT = 3;

      @JobProcessor(mailsJob, { concurrency: 5, providers: [MailService] })
      export class MailProcessor extends JobHost<typeof mailsJob> {
        private readonly logger = new Logger(MailProcessor.name);

        constructor(private readonly mails: MailService) {
          super();
        }

        async handle(context: JobContext<typeof mailsJob>): Promise<JobReturn<typeof mailsJob>> {
          this.logger.log(\`\${context.job.id} \${context.job.attemptsMade} \${LIMIT}\`);
          switch (context.data.name) {
            case 'welcome':
              return this.welcome(context, context.data.data);
            case 'digest':
              return this.digest(context.data.data);
            default:
              throw new Error(\`no job \${context.job.name}\`);
          }
        }

        private async welcome(job: JobContext<typeof mailsJob>, data: Extract<JobData<typeof mailsJob>, { name: 'welcome' }>['data']) {
          await job.progress(50);
          return this.mails.send(data.to);
        }

        private async digest(data: Extract<JobData<typeof mailsJob>, { name: 'digest' }>['data']) {
          const { to } = data;
          return this.mails.send(to);
        }

        @OnWorkerEvent('failed')
        failed(job: Job) {
          this.logger.error(job.id);
        }
      }
      "
    `);
    expect(written('services/jobs-runner/code/processors.generated.ts')).toContain("'mails': ");
  });

  it('changes nothing of the old code, and says what to change in which order, and what it could not convert', async () => {
    const before = textsOf(tree);

    const text = await convert({ queue: 'mails' });

    const after = textsOf(tree);
    for (const file of Object.keys(OLD_SOURCES)) {
      const path = `services/api/src/${file}`;
      expect(after[path]).toBe(before[path]);
    }
    expect(text).toMatchInlineSnapshot(`
      "
      The queue "mails" of @nestjs/bullmq has a contract and a processor in "jobs-runner":
        packages/agreements/source/mails.job.ts
        services/jobs-runner/code/processors/mails/mails.processor.ts

      Not converted, 5 places:
        services/api/src/mail/mail.module.ts:10  removeOnComplete with a limit is "keep" of the contract.
        services/api/src/mail/mail.processor.ts:8  LIMIT of this file is copied beside the new processor.
        services/api/src/mail/mail.processor.ts:10  The option prefix of @Processor has no counterpart in @JobProcessor.
        services/api/src/mail/mail.processor.ts:14  MailService is in "providers" of @JobProcessor: what it needs itself belongs there too, or in "imports".
        services/api/src/users/users.service.ts:14  pause() works on the old queue: see its counterpart in the guide.

      Next:
      1. Build it:
           npx nx build jobs-runner
         What it takes from an application can be allowed for now, with "allow" in the options of the build, and of the ESLint rule @nx/enforce-module-boundaries.
      2. Stop the old processor: remove it from the providers of its module, and then its file.
           services/api/src/mail/mail.processor.ts:10  MailProcessor
      3. Jobs that are in Redis run on, and what adds to "mails" with BullMQ may stay until you change it.
      4. Change what adds jobs, place by place, to the producer of the contract: @InjectJob(mailsJob) and QueueModule.forFeature(mailsJob) of @acme/runtime.
           services/api/src/users/users.service.ts:12  mailsJobs.add({ name: 'welcome', data: { to, tags: [] } }, { delay: 5 })
      5. When nothing adds with BullMQ any more, remove the queue:
           services/api/src/mail/mail.module.ts:8  registerQueue
      "
    `);
  });

  it('writes the contract of one name by what is added, and moves the jobs of a queue that cannot keep its name', async () => {
    const text = await convert({ queue: 'THUMBNAILS' });

    expect(written('packages/agreements/source/thumbnails.job.ts')).toContain(
      'data: z.object({ file: z.string(), width: z.number() }),',
    );
    expect(written('packages/agreements/source/thumbnails.job.ts')).toContain('accepts: ["make"]');
    expect(
      written('services/jobs-runner/code/processors/thumbnails/thumbnails.processor.ts'),
    ).toContain('async handle({ data, job: { id } }: JobContext<typeof thumbnailsJob>)');
    expect(text).toContain('npx queue move --from=THUMBNAILS --to=thumbnails');
  });

  it('takes from each of several calls what it adds, so that no field is dropped', async () => {
    tree.write(
      'services/api/src/letters.service.ts',
      `import { InjectQueue } from '@nestjs/bullmq';
export class Letters {
  constructor(@InjectQueue('letters') private readonly letters: Queue) {}
  one(to: string, copy: number) { return this.letters.add('send', { to, copy }); }
  two(to: string, urgent: boolean) { return this.letters.add('send', { to, urgent, copy: 'all' }); }
}
export class Postcards {
  constructor(@InjectQueue('postcards') private readonly postcards: Queue) {}
  one(to: string) { return this.postcards.add('send', { to }); }
  two(card: Partial<Card>) { return this.postcards.add('send', { ...card }); }
}
`,
    );

    await convert({ queue: 'letters' });
    expect(written('packages/agreements/source/letters.job.ts')).toContain(
      'z.object({ to: z.string(), copy: z.union([z.number(), z.string()]), urgent: z.boolean().optional() })',
    );

    const text = await convert({ queue: 'postcards' });
    expect(written('packages/agreements/source/postcards.job.ts')).toContain(
      'data: z.looseObject({})',
    );
    expect(text).toContain('The type of the data cannot be read, so the contract takes anything');
  });

  it('says with its line what of a queue it cannot read', async () => {
    const service = 'services/api/src/odd.service.ts';
    tree.write(
      service,
      `import { InjectQueue, Processor, WorkerHost } from '@nestjs/bullmq';
@Processor('odd')
export class OddProcessor extends WorkerHost {
  constructor(@InjectQueue('odd') private readonly odd: Queue, private readonly config: ConfigService) { super(); }
  async process(job) {
    await store(job);
    await this.odd.add(nameOf(job), job.data, { repeat: { every: 1000 } });
  }
}
`,
    );

    const text = await convert({ queue: 'odd' });

    for (const [line, part] of [
      [2, 'No name of a job is written here'],
      [7, 'The type of the data cannot be read, so the contract takes anything'],
      [4, 'The processor adds to a queue of BullMQ: inject the producer of its contract'],
      [4, 'The processor needs ConfigService: name the module that has it in "imports"'],
      [6, 'Passes the job on'],
      [7, 'The name of this job is computed'],
      [7, 'A repeated job: write "schedule" into the contract'],
    ]) {
      expect(text).toContain(`${service}:${line}  ${part}`);
    }
  });

  it('writes nothing if the job is there, or the queue is not', async () => {
    await expect(convert({ queue: 'mail' })).rejects.toThrow(
      'There is no queue "mail" of @nestjs/bullmq here. Did you mean "mails"? There are: THUMBNAILS, mails, orders.',
    );
    await expect(convert()).rejects.toThrow('convert --queue=THUMBNAILS');
    writeContract(tree, 'mails');
    writeProcessor(tree, 'mails');
    await expect(convert({ queue: 'mails' })).rejects.toThrow('Job "mails" already exists');
  });
});
