import type { CreatedWorkspace } from './created-workspace';

/** What an application with plain BullMQ installs. */
const PLAIN_PACKAGES = ['@nestjs/bullmq@^11.0.5', 'bullmq@~6.7.0', 'ioredis@^5.4.0'];

const MAIL = 'apps/api/src/mail';

/** A queue with several names of jobs, as people write it who have never heard of the plugin. */
const SOURCES: Readonly<Record<string, string>> = {
  [`${MAIL}/mail.types.ts`]: `export const MAILS = 'mails';

export enum MailJob {
  Welcome = 'welcome',
  Digest = 'digest',
  Reminder = 'reminder',
}

export interface WelcomeMail {
  to: string;
  name?: string;
}

export interface DigestMail {
  to: string;
  articles: { title: string; views: number }[];
  kind: 'short' | 'long';
}

export type ReminderMail = { to: string; daysLeft: number };
`,
  [`${MAIL}/mail.service.ts`]: `import { Injectable } from '@nestjs/common';

@Injectable()
export class MailService {
  send(to: string, subject: string): Promise<string> {
    return Promise.resolve(\`\${subject} to \${to}\`);
  }
}
`,
  [`${MAIL}/mail.processor.ts`]: `import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import { Job, UnrecoverableError } from 'bullmq';
import { MailService } from './mail.service';
import { DigestMail, MailJob, MAILS, ReminderMail, WelcomeMail } from './mail.types';

@Processor(MAILS, { concurrency: 3 })
export class MailProcessor extends WorkerHost {
  private readonly logger = new Logger(MailProcessor.name);

  constructor(private readonly mails: MailService) {
    super();
  }

  async process(job: Job): Promise<string> {
    this.logger.debug(\`\${job.name} \${job.id}\`);
    switch (job.name) {
      case MailJob.Welcome:
        return this.welcome(job);
      case MailJob.Digest:
        return this.digest(job);
      case MailJob.Reminder: {
        const { to, daysLeft } = job.data as ReminderMail;
        if (daysLeft < 0) throw new UnrecoverableError('It is too late to remind anybody.');
        return this.mails.send(to, \`\${daysLeft} days left\`);
      }
      default:
        throw new Error(\`There is no mail "\${job.name}".\`);
    }
  }

  private async welcome(job: Job<WelcomeMail>): Promise<string> {
    const sent = await this.mails.send(job.data.to, \`Welcome \${job.data.name ?? 'friend'}\`);
    await job.updateProgress(100);
    return sent;
  }

  private digest(job: Job<DigestMail>): Promise<string> {
    const { to, articles, kind } = job.data;
    const views = articles.reduce((sum, article) => sum + article.views, 0);
    return this.mails.send(to, \`\${kind} digest, \${views} views\`);
  }

  @OnWorkerEvent('failed')
  onFailed(job: Job, error: Error) {
    this.logger.warn(\`\${job.name} \${job.id}: \${error.message}\`);
  }
}
`,
  [`${MAIL}/mail.controller.ts`]: `import { InjectQueue } from '@nestjs/bullmq';
import { Body, Controller, Post } from '@nestjs/common';
import { Queue } from 'bullmq';
import { MailJob, MAILS } from './mail.types';

@Controller('mails')
export class MailController {
  constructor(@InjectQueue(MAILS) private readonly mails: Queue) {}

  @Post()
  async welcome(@Body() body: { to: string }) {
    const { id } = await this.mails.add(MailJob.Welcome, { to: body.to });
    return { id };
  }

  async digest(to: string) {
    await this.mails.add(MailJob.Digest, { to, articles: [{ title: 'News', views: 7 }], kind: 'short' });
  }

  async remind(to: string, daysLeft: number) {
    await this.mails.add(MailJob.Reminder, { to, daysLeft }, { delay: 1000 });
  }
}
`,
  [`${MAIL}/mail.module.ts`]: `import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { MailController } from './mail.controller';
import { MailProcessor } from './mail.processor';
import { MailService } from './mail.service';
import { MAILS } from './mail.types';

@Module({
  imports: [
    BullModule.registerQueue({
      name: MAILS,
      defaultJobOptions: { attempts: 2, backoff: { type: 'fixed', delay: 50 } },
    }),
  ],
  controllers: [MailController],
  providers: [MailService, MailProcessor],
})
export class MailModule {}
`,
  'apps/api/src/app/app.module.ts': `import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module';

@Module({
  imports: [BullModule.forRoot({ connection: { url: process.env.QUEUE_URL } }), MailModule],
})
export class AppModule {}
`,
};

/** Adds jobs as plain BullMQ does, before there is anything of ours. */
const ADD_JOBS = `const { Queue } = require('bullmq');

async function main() {
  const queue = new Queue('mails', { connection: { url: process.env.QUEUE_URL } });
  const options = { attempts: 2, backoff: { type: 'fixed', delay: 50 } };
  await queue.add('welcome', { to: 'ada@example.com', name: 'Ada' }, options);
  await queue.add('digest', { to: 'bob@example.com', articles: [{ title: 'News', views: 7 }], kind: 'long' }, options);
  await queue.add('reminder', { to: 'eve@example.com', daysLeft: 3 }, { ...options, delay: 500 });
  await queue.add('reminder', { to: 'eve@example.com', daysLeft: -1 }, options);
  await queue.add('digest', { to: 'bob@example.com', articles: 'none' }, options);
  await queue.close();
}

main();
`;

/** What becomes of them, and of one that the old code adds later. */
export const ENDS = [
  ['welcome', 'completed', 'Welcome Ada to ada@example.com'],
  ['digest', 'completed', 'long digest, 7 views to bob@example.com'],
  ['reminder', 'completed', '3 days left to eve@example.com'],
  ['reminder', 'failed', 'It is too late to remind anybody.'],
  ['digest', 'failed', 'The "mails" job 5 was not run, its data breaks the contract'],
  ['welcome', 'completed', 'Welcome friend to zoe@example.com'],
];

/** Prints what has become of all jobs. */
const SHOW_JOBS = `const { Queue } = require('bullmq');

async function main() {
  const queue = new Queue('mails', { connection: { url: process.env.QUEUE_URL } });
  const jobs = await queue.getJobs(['completed', 'failed', 'waiting', 'delayed', 'active']);
  const ends = await Promise.all(
    jobs.map(async (job) => [Number(job.id), job.name, await job.getState(), job.returnvalue ?? job.failedReason.split(':')[0]]),
  );
  console.log(JSON.stringify(ends.sort(([a], [b]) => a - b).map(([, ...end]) => end)));
  await queue.close();
}

main();
`;

/** Makes the api of a workspace one that runs its jobs with plain BullMQ. */
export async function writePlainApplication(workspace: CreatedWorkspace): Promise<void> {
  await workspace.run('npm', 'install', ...PLAIN_PACKAGES);
  for (const [file, text] of Object.entries(SOURCES)) workspace.write(file, text);
  workspace.write('add-jobs.cjs', ADD_JOBS);
  workspace.write('show-jobs.cjs', SHOW_JOBS);
  await workspace.read('git', 'rm', '-r', '-q', '-f', ...GENERATED);
  await workspace.commit();
}

/** What Nx has generated, and this application does not have. */
const GENERATED = [
  'app.controller.ts',
  'app.controller.spec.ts',
  'app.service.ts',
  'app.service.spec.ts',
].map((name) => `apps/api/src/app/${name}`);

/** Ends the old processor, as the guide says: it is no provider any more. */
export function removeOldProcessor(workspace: CreatedWorkspace): void {
  const file = `${MAIL}/mail.module.ts`;
  const text = workspace
    .readText(file)
    .replace("import { MailProcessor } from './mail.processor';\n", '')
    .replace(', MailProcessor]', ']');
  workspace.write(file, text);
}
