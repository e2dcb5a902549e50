import { addProjectConfiguration, type Tree } from '@nx/devkit';
import { queueTree } from './queue-tree';

/** An api with two queues of @nestjs/bullmq, in the styles that people write. */
export const OLD_SOURCES = {
  'queues.ts': `export const QUEUES = { MAILS: 'mails' } as const;\nexport enum MailJob { Welcome = 'welcome', Digest = 'digest' }\n`,
  'mail/mail.types.ts': `export interface WelcomeMail { to: string; name?: string; tags: string[] }
export type DigestMail = { to: string; day: Date; kind: 'short' | 'long' };
`,
  'mail/mail.service.ts': `import { Injectable } from '@nestjs/common';
@Injectable()
export class MailService { async send(_to: string): Promise<string> { return 'id'; } }
`,
  'mail/mail.processor.ts': `import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { MailJob, QUEUES } from '../queues';
import { MailService } from './mail.service';
import type { DigestMail, WelcomeMail } from './mail.types';

const LIMIT = 3;

@Processor(QUEUES.MAILS, { concurrency: 5, prefix: 'x' })
export class MailProcessor extends WorkerHost {
  private readonly logger = new Logger(MailProcessor.name);

  constructor(private readonly mails: MailService) {
    super();
  }

  async process(job: Job<WelcomeMail | DigestMail>): Promise<any> {
    this.logger.log(\`\${job.id} \${job.attemptsMade} \${LIMIT}\`);
    switch (job.name) {
      case MailJob.Welcome:
        return this.welcome(job as Job<WelcomeMail>);
      case MailJob.Digest:
        return this.digest(job as Job<DigestMail>);
      default:
        throw new Error(\`no job \${job.name}\`);
    }
  }

  private async welcome(job: Job<WelcomeMail>) {
    await job.updateProgress(50);
    return this.mails.send(job.data.to);
  }

  private async digest(job: Job<DigestMail>) {
    const { to } = job.data;
    return this.mails.send(to);
  }

  @OnWorkerEvent('failed')
  failed(job: Job) {
    this.logger.error(job.id);
  }
}
`,
  'mail/mail.module.ts': `import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { QUEUES } from '../queues';
import { MailProcessor } from './mail.processor';

@Module({
  imports: [
    BullModule.registerQueue({
      name: QUEUES.MAILS,
      defaultJobOptions: { attempts: 4, backoff: { type: 'fixed', delay: 100 }, removeOnComplete: 1000 },
    }),
    BullModule.registerQueue({ name: 'THUMBNAILS' }),
  ],
  providers: [MailProcessor],
})
export class MailModule {}
`,
  'users/users.service.ts': `import { InjectQueue } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { MailJob } from '../queues';

export class UsersService {
  constructor(
    @InjectQueue('mails') private readonly mails: Queue,
    @InjectQueue('THUMBNAILS') private readonly thumbnails: Queue,
  ) {}

  async create(to: string) {
    await this.mails.add(MailJob.Welcome, { to, tags: [] }, { delay: 5 });
    await this.thumbnails.add('make', { file: to, width: 200 });
    await this.mails.pause();
  }
}
`,
  'orders/orders.processor.ts': `import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Job } from 'bullmq';

interface Order { id: number; lines: { article: string; count: number }[]; note?: string | null }

@Processor('orders')
export class OrdersProcessor extends WorkerHost {
  async process(job: Job<any, number, 'place' | 'cancel'>): Promise<number> {
    if (job.name === 'place') {
      return this.place(job.data);
    }
    if (job.name === 'cancel') {
      return this.cancel(job);
    }
    throw new Error('unknown job ' + job.name);
  }

  private async cancel(job: Job<Pick<Order, 'id'>>): Promise<number> {
    await job.log('cancelled ' + job.data.id);
    return 0;
  }

  private place({ lines }: Order): number {
    return lines.reduce((sum, { count }) => sum + count, 0);
  }
}
`,
  'orders/orders.service.ts': `import { InjectQueue } from '@nestjs/bullmq';
import { Queue } from 'bullmq';

export class OrdersService {
  constructor(@InjectQueue('orders') private readonly orders: Queue) {}

  async place(id: number, note: string) {
    await this.orders.addBulk([{ name: 'place', data: { id, lines: [{ article: 'tea', count: 2 }], note } }]);
    await this.orders.add('cancel', { id }, { priority: 2 });
  }
}
`,
  'thumbnails/thumbnail.processor.ts': `import { Processor, WorkerHost } from '@nestjs/bullmq';
import type { Job } from 'bullmq';

@Processor({ name: 'THUMBNAILS' }, { concurrency: 2 })
export class ThumbnailProcessor extends WorkerHost {
  async process({ data, id }: Job): Promise<void> {
    console.log(id, data.file);
  }
}
`,
};

/** A workspace in memory whose api has those queues. */
export function oldQueuesTree(): Tree {
  const tree = queueTree();
  addProjectConfiguration(tree, 'api', { root: 'services/api', sourceRoot: 'services/api/src' });
  for (const [file, text] of Object.entries(OLD_SOURCES)) {
    tree.write(`services/api/src/${file}`, text);
  }
  return tree;
}
