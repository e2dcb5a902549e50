import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Redis } from 'ioredis';
import * as z from 'zod';
import { RedisServer, until } from '@libs/testing';
import { JobHost, JobProcessor, type JobContext, WorkersService } from '../consumer';
import { defineJob } from '../contract/define-job';
import { QueueModule } from '../module/queue.module';
import { QueueWorkerModule } from '../module/queue-worker.module';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { JobsReader } from '../reader/jobs-reader';
import { describeOnRedis } from './testing/each-store';

const mailJob = defineJob({ name: 'mail', data: z.object({ waits: z.boolean().default(false) }) });

@JobProcessor(mailJob, { concurrency: 2 })
class MailProcessor extends JobHost<typeof mailJob> {
  waiting = 0;

  async handle({ data, signal }: JobContext<typeof mailJob>) {
    if (!data.waits) return;
    this.waiting += 1;
    await once(signal, 'abort');
    signal.throwIfAborted();
  }
}

describeOnRedis('a process whose Redis is used, and then', () => {
  let server: RedisServer;
  let admin: Redis;
  let app: TestingModule;
  let producer: JobProducer<typeof mailJob>;
  let events: string[];

  beforeEach(async () => {
    server = await RedisServer.start({ requirepass: 'admin' });
    admin = new Redis({ port: server.port, password: 'admin' });
    admin.on('error', () => undefined);
    await admin.acl('SETUSER', 'app', 'on', '>first', '~*', '&*', '+@all');
    events = [];
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({
          url: server.url.replace('//', '//app:first@'),
          shutdownDeadline: 4_000,
          answerTimeout: 1_000,
          observers: [
            {
              storeLost: ({ error }) => events.push(error.message),
              storeBack: () => events.push('back'),
              errorReported: ({ error }) => events.push(`reported: ${error.message}`),
            },
          ],
        }),
        QueueModule.forFeature(mailJob),
        QueueWorkerModule.forProcessors([MailProcessor]),
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    producer = app.get(getJobProducerToken(mailJob), { strict: false });
    await runJob();
  });

  afterEach(async () => {
    await app.close();
    admin.disconnect();
    await server.close();
  });

  async function runJob(): Promise<void> {
    const { queue, id } = await until(() => producer.add({}));
    const jobs = app.get(JobsReader);
    await until(async () => (await jobs.get(queue, id))?.state === 'completed');
  }

  it('refuses its login, says so once, and once that it is back', async () => {
    await admin.acl('SETUSER', 'app', '<first', '>second');
    await admin.client('KILL', 'USER', 'app');
    await until(() => events.length > 0);
    expect(events[0]).toContain('refuses user or password: WRONGPASS');
    await expect(producer.add({})).rejects.toMatchObject({ code: 'QUEUE_ACCESS' });
    await admin.acl('SETUSER', 'app', '>first');
    await runJob();
    expect(events.slice(1)).toEqual(['back']);
  });

  it('takes a right from it, says so once, and once that it is back', async () => {
    await admin.acl('SETUSER', 'app', '-xadd');
    await expect(producer.add({})).rejects.toMatchObject({ code: 'QUEUE_ACCESS' });
    await expect(producer.add({})).rejects.toMatchObject({ code: 'QUEUE_ACCESS' });
    expect(events).toEqual([expect.stringContaining('does not let this account do that')]);
    await admin.acl('SETUSER', 'app', '+xadd');
    await until(async () => {
      await runJob();
      return events.at(-1) === 'back';
    });
    expect(events).toHaveLength(2);
  });

  it('is away: without a job it stops before its deadline, and does not wait for it', async () => {
    const { worker } = app.get(MailProcessor, { strict: false });
    const fetch = jest.spyOn(worker as unknown as { moveToActive(): unknown }, 'moveToActive');
    await server.kill();
    // In this step a worker waits for Redis for up to 10 s.
    await until(() => fetch.mock.calls.length > 0);
    await app.close();
    expect(app.get(WorkersService).hadUnfinishedJobs).toBe(false);
    await server.start();
  });

  it('is silent: jobs that end at their abort signal are not said to ignore it', async () => {
    const lines: string[] = [];
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: string) => {
      lines.push(line);
    });
    const { id } = await producer.add({ waits: true });
    const processor = app.get(MailProcessor, { strict: false });
    await until(() => processor.waiting === 1);
    server.freeze();
    await app.close();
    warn.mockRestore();
    server.thaw();
    expect(lines.join('\n')).not.toContain('ignored their abort signal');
    expect(lines.join('\n')).toContain(
      `did not take these jobs back in time. They run again when their lock has expired: mail ${id}.`,
    );
  });
});
